import { existsSync } from 'node:fs';
import type { Pool, Site } from '../pool/pool.ts';
import { renderMachine } from '../render/machine.ts';
import { program, readAssets } from './assets.ts';

/** Every file that cgipool wants on the machine: absolute path to text. */
export type Wanted = Map<string, string>;

/** nginx's files are the publish step's to write, all others install's. */
export const isNginx = (path: string): boolean => path.startsWith('/etc/nginx/');

/** All files of a fleet as text, those of nginx included but for its upstreams. `tag`: of nginx's log lines. */
export async function wantedFiles(site: Site, pools: Pool[], tag: string): Promise<Wanted> {
  // not /proc/net: the publish step's sandbox has only processes in /proc
  const ipv6 = existsSync('/proc/self/net/if_inet6');
  const machine = { ipv6, node: process.execPath, program: await program(), tag };
  return renderMachine({ site, pools, assets: await readAssets(), machine });
}
