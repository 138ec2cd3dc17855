import { program, readAssets } from '../../host/files/assets.ts';
import type { FileContent } from '../../host/files/files.ts';
import { hasIpv6 } from '../../host/kernel/ipv6.ts';
import { hasRestrictedRoute } from '../../model/installed.ts';
import { modeOf, paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import type { Site } from '../../model/site.ts';
import { type RenderedFile, renderMachine } from '../../render/machine.ts';
import type { NginxFacts } from '../../render/nginx.ts';

/** A file as it is to be on the machine. */
export type DesiredFile = RenderedFile & FileContent;

/** Every file that cgipool wants on the machine, by absolute path. */
export type DesiredFiles = Map<string, DesiredFile>;

/** The publish step writes nginx's files, install all others. */
export const isNginx = (path: string): boolean => path.startsWith('/etc/nginx/');

/** All files of a fleet, except nginx's upstreams. `restricted`: the pools whose file not everybody may read. */
export async function desiredFiles(
  site: Site,
  pools: readonly Pool[],
  restricted: ReadonlySet<string>,
  facts: Omit<NginxFacts, 'ipv6'>,
): Promise<DesiredFiles> {
  const machine = { ...facts, ipv6: hasIpv6(), node: process.execPath, program: await program() };
  const files = renderMachine({ site, pools, assets: await readAssets(), machine });
  const isHidden = hasRestrictedRoute(pools.map(pool => ({ pool, restricted: restricted.has(pool.name) })));
  const fileOf = (path: string, { text, pool }: RenderedFile): DesiredFile => {
    const isRestricted = path === paths.locations ? isHidden : pool !== null && restricted.has(pool);
    return { text, mode: modeOf(path, isRestricted), pool };
  };
  return new Map([...files].map(([path, file]) => [path, fileOf(path, file)]));
}
