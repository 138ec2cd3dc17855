import { rm } from 'node:fs/promises';
import { list, text } from '../base/schema.ts';
import { readJson, writeIfChanged } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';

/*
 * An install that a full disk or a kill ends half-way has written files that no daemon has read yet. The next one finds
 * them as they should be, and would leave it at that: so the paths are kept until all of them have been taken up.
 */

/** Paths that an earlier install touched and did not take up. */
export async function unfinished(): Promise<string[]> {
  return list(text).read(await readJson(paths.unfinished)) ?? [];
}

/** Before the first is touched. */
export async function begin(touched: readonly string[]): Promise<void> {
  if (touched.length > 0) await writeIfChanged(paths.unfinished, `${JSON.stringify(touched)}\n`);
}

/** All have been taken up. */
export const finish = (): Promise<void> => rm(paths.unfinished, { force: true });
