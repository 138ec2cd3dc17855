import { join } from 'node:path';
import { readAssets } from '../../host/files/assets.ts';
import type { FileContent } from '../../host/files/files.ts';
import { desiredFiles } from '../../install/compare/desired-files.ts';
import { isRestricted, readFleet } from '../../install/compare/sources.ts';
import { Machine } from '../../install/machine.ts';
import { modeOf, paths } from '../../model/paths.ts';
import { poolNameOf } from '../../pool-file/pool-file.ts';
import { renderLive } from '../../render/live.ts';
import { nothingSent } from '../../render/upstreams.ts';
import { Failure } from '../failure.ts';
import { count, printProblems } from '../output.ts';

async function emit(files: readonly [string, FileContent][], out: string | undefined): Promise<void> {
  for (const [path, { text, mode }] of files)
    if (out === undefined) console.log(`# ${path}\n${text}`);
    // not through links that somebody else made there
    else await new Machine(out).writeIfChanged(path, text, mode);
}

/** `cgipool generate [POOL] [--out DIR]`: prints the files, or writes them below DIR; changes nothing else. */
export async function generate(
  pool: string | undefined,
  { root, out }: { root: string; out?: string },
): Promise<void> {
  const { site, pools, problems, files: read } = await readFleet(new Machine(root));
  printProblems(problems, []);
  const restricted = new Set(
    [...read].flatMap(([name, file]) => (isRestricted(file) ? [poolNameOf(name)] : [])),
  );
  const files = await desiredFiles(site, pools, restricted, { tag: 'cgipool_SECRET' });
  for (const [path, text] of renderLive(site, pools, nothingSent(), 0, await readAssets()))
    files.set(path, { text, mode: modeOf(path), pool: null });
  const chosen = [...files].filter(([, file]) => pool === undefined || file.pool === pool);
  if (chosen.length === 0)
    throw new Failure(`there is no valid pool ${pool} in ${join(root, paths.pools)}`, 2);
  await emit(chosen, out);
  if (problems.length > 0) throw new Failure(count(problems.length, 'mistake'), 2);
}
