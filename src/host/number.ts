import { readText } from './files.ts';

/** More than any number takes, characters. */
const LONGEST = 64;

/** The number that is all of a file; null where there is none, or something else. */
export async function readNumber(path: string): Promise<number | null> {
  const text = (await readText(path).catch(() => null))?.slice(0, LONGEST).trim() ?? '';
  return /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : null;
}
