import { closeSync, constants, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parseJson, writeError } from './files.ts';

/*
 * Files of /run and of the kernel, which are memory: read and written at once. A turn through Node's threads takes five
 * times as much CPU time, and there is nothing to wait for, nor to flush.
 */

/** Through no link that somebody laid there. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** The text of a file; empty where there is none, or none for us. */
export function readVolatile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The file's JSON, or null when there is none or it is no JSON. */
export const readVolatileJson = (path: string): unknown => parseJson(readVolatile(path));

function put(path: string, text: string): void {
  const file = openSync(path, FLAGS, 0o644);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file in a folder that is there: readers see the old text or the new one. Throws with words for people. */
export function writeVolatile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    put(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeError(path, error);
  }
}
