import { program, readAssets } from '../host/files/assets.ts';
import { hasIpv6 } from '../host/kernel/ipv6.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { renderMachine } from '../render/machine.ts';

/** Every file that cgipool wants on the machine: text by absolute path. */
export type DesiredFiles = Map<string, string>;

/** The publish step writes nginx's files, install all others. */
export const isNginx = (path: string): boolean => path.startsWith('/etc/nginx/');

/** All files of a fleet, except nginx's upstreams. `tag`: marks nginx's log lines. */
export async function desiredFiles(site: Site, pools: Pool[], tag: string): Promise<DesiredFiles> {
  const machine = { ipv6: hasIpv6(), node: process.execPath, program: await program(), tag };
  return renderMachine({ site, pools, assets: await readAssets(), machine });
}
