import { join } from 'node:path';
import { readAssets } from '../../host/files/assets.ts';
import { type DesiredFiles, desiredFiles } from '../../install/desired-files.ts';
import { Machine } from '../../install/machine.ts';
import { readFleet } from '../../install/sources.ts';
import { sliceName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import { renderLive } from '../../render/live.ts';
import { nothingSent } from '../../render/upstreams.ts';
import { Failure } from '../failure.ts';
import { count, printProblems } from '../output.ts';

/** The files of a pool: template, socket, slice, probe, metric and wake socket. Pool names have no dot or at sign. */
const ofPool = (files: DesiredFiles, pool: string): [string, string][] =>
  [...files].filter(
    ([path]) =>
      /\/cgipool-([^/@.]+)[@.][^/]+$/.exec(path)?.[1] === pool || path.endsWith(`/${sliceName(pool)}`),
  );

async function emit(files: readonly [string, string][], out: string | undefined): Promise<void> {
  for (const [path, text] of files)
    if (out === undefined) console.log(`# ${path}\n${text}`);
    // not through links that somebody else made there
    else await new Machine(out).writeIfChanged(path, text);
}

/** `cgipool generate [POOL] [--out DIR]`: prints the files, or writes them below DIR; changes nothing else. */
export async function generate(
  pool: string | undefined,
  { root, out }: { root: string; out?: string },
): Promise<void> {
  const { site, pools, problems } = await readFleet(new Machine(root));
  printProblems(problems, []);
  const files = await desiredFiles(site, pools, 'cgipool_SECRET');
  for (const [path, text] of renderLive(site, pools, nothingSent(), 0, await readAssets()))
    files.set(path, text);
  const chosen = pool === undefined ? [...files] : ofPool(files, pool);
  if (chosen.length === 0)
    throw new Failure(`there is no valid pool ${pool} in ${join(root, paths.pools)}`, 2);
  await emit(chosen, out);
  if (problems.length > 0) throw new Failure(count(problems.length, 'mistake'), 2);
}
