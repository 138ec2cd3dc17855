import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The file's text, or null when there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The text of a kernel file; empty when it is missing or not readable. */
export const readOrEmpty = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** The file's JSON, or null when the file is missing or not JSON (truncated or foreign). */
export async function readJson<T>(path: string): Promise<T | null> {
  const text = await readText(path);
  return text === null ? null : (parseJson(text) as T | null);
}

/** The value, or null when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);

/** Node's write errors do not name the file, which an administrator needs. */
export function writeError(path: string, error: unknown): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const why = NO_SPACE.has(code) ? `no space left, see df ${dirname(path)}` : message;
  return new Error(`cannot write ${path}: ${why}`, { cause: error });
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  // wx: never write through a planted link
  const file = await open(path, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file atomically: readers see the old text or the new one. Creates missing folders. */
export async function writeFileAtomic(path: string, text: string, mode = 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(temporary, { force: true });
    await writeSynced(temporary, text, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(path, error);
  }
}

/** Whether the path exists, even as a dangling link. */
export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** What a file is to be like. */
export interface FileContent {
  text: string;
  /** Permission bits. */
  mode: number;
}

/** The permission bits of a file; null if there is none, or something else than a regular file. */
export const fileMode = (path: string): Promise<number | null> =>
  lstat(path).then(
    found => (found.isFile() ? found.mode & 0o777 : null),
    () => null,
  );

/** Whether a file is as wanted; null: it is not wanted. A link is an administrator's, and its target's mode too. */
export async function isAsWanted(path: string, wanted: FileContent | null): Promise<boolean> {
  if ((await readText(path)) !== (wanted?.text ?? null)) return false;
  const mode = wanted === null ? null : await fileMode(path);
  return mode === null || mode === wanted?.mode;
}

/** Removes a file; it may be missing. */
export const removeFile = (path: string): Promise<void> => rm(path, { force: true });

/** Like writeFileAtomic, but leaves an identical file alone. Returns whether it wrote. */
export async function writeIfChanged(path: string, text: string, mode = 0o644): Promise<boolean> {
  if ((await readText(path)) === text) return false;
  await writeFileAtomic(path, text, mode);
  return true;
}

/** The SHA-256 of a text, in hexadecimal: tells later whether somebody else changed it. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
