import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { parseJson, writeError } from './files.ts';

/*
 * Files in /run and of the kernel live in memory, so they are read and written synchronously: Node's thread pool takes
 * five times as much CPU time, and there is nothing to wait for or to flush.
 */

/** O_NOFOLLOW: never through a planted link. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** The file's text; empty when it is missing or not readable. */
export function readVolatile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The permission bits of a socket file; null if there is none. */
export function socketMode(path: string): number | null {
  try {
    const found = statSync(path);
    return found.isSocket() ? found.mode & 0o777 : null;
  } catch {
    return null;
  }
}

/** Whether there is a socket file. */
export const isSocket = (path: string): boolean => socketMode(path) !== null;

/** The file's JSON, or null when it is missing or not JSON. */
export const readVolatileJson = (path: string): unknown => parseJson(readVolatile(path));

function put(path: string, text: string): void {
  const file = openSync(path, FLAGS, 0o644);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file in an existing folder: readers see the old text or the new one. Its errors name the file. */
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
