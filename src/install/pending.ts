import { rm } from 'node:fs/promises';
import { list, text } from '../base/schema.ts';
import { readJson, writeIfChanged } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';

/*
 * An install that a full disk or a kill ends half-way has written files that no daemon has read yet. To the next
 * install they look up to date, so their paths are kept until they have been applied.
 */

/** Paths that an earlier install changed and did not apply. */
export async function unfinished(): Promise<string[]> {
  return list(text).read(await readJson(paths.unfinished)) ?? [];
}

/** Called before the first file is changed. */
export async function begin(touched: readonly string[]): Promise<void> {
  if (touched.length > 0) await writeIfChanged(paths.unfinished, `${JSON.stringify(touched)}\n`);
}

/** Called when all changes have been applied. */
export const finish = (): Promise<void> => rm(paths.unfinished, { force: true });
