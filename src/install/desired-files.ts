import { program, readAssets } from '../host/files/assets.ts';
import type { FileContent } from '../host/files/files.ts';
import { hasIpv6 } from '../host/kernel/ipv6.ts';
import { hasRestrictedRoute } from '../model/installed.ts';
import { modeOf, paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { type MachineInput, renderMachine, renderPoolUnits } from '../render/machine.ts';

/** A file of the machine, and the pool whose unit it is, if any. */
export interface DesiredFile extends FileContent {
  pool: string | null;
}

/** Every file that cgipool wants on the machine, by absolute path. */
export type DesiredFiles = Map<string, DesiredFile>;

/** The publish step writes nginx's files, install all others. */
export const isNginx = (path: string): boolean => path.startsWith('/etc/nginx/');

/** Which unit files are a pool's. */
const ownersOf = (input: MachineInput): Map<string, string> =>
  new Map(
    input.pools.flatMap(pool => renderPoolUnits(pool, input).map(([path]) => [path, pool.name] as const)),
  );

/**
 * All files of a fleet, except nginx's upstreams. `restricted`: the pools whose file not everybody may read. `tag`: marks
 * nginx's log lines.
 */
export async function desiredFiles(
  site: Site,
  pools: readonly Pool[],
  restricted: ReadonlySet<string>,
  tag: string,
): Promise<DesiredFiles> {
  const machine = { ipv6: hasIpv6(), node: process.execPath, program: await program(), tag };
  const input = { site, pools, assets: await readAssets(), machine };
  const owners = ownersOf(input);
  const isHidden = hasRestrictedRoute(pools.map(pool => ({ pool, restricted: restricted.has(pool.name) })));
  const fileOf = (path: string, text: string): DesiredFile => {
    const pool = owners.get(path) ?? null;
    const isRestricted = path === paths.locations ? isHidden : pool !== null && restricted.has(pool);
    return { text, mode: modeOf(path, isRestricted), pool };
  };
  return new Map([...renderMachine(input)].map(([path, text]) => [path, fileOf(path, text)]));
}
