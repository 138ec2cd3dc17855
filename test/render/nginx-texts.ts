import assert from 'node:assert/strict';
import type { Pool } from '../../src/model/pool.ts';
import type { Site } from '../../src/model/site.ts';
import { assets, machineTexts, site } from './given.ts';
import { type Directive, readNginx } from './nginx-reader.ts';

const machine = { ipv6: true, node: '/usr/bin/node', program: '/p', tag: 'cgipool_0' };

/** One of nginx's fixed files, parsed by the independent reader. */
export function textOf(path: string, pools: readonly Pool[], where = site, ipv6 = true): Directive[] {
  const all = machineTexts({ site: where, pools, assets, machine: { ...machine, ipv6 } });
  return readNginx(all.get(path) ?? assert.fail(path));
}

export const locationsOf = (pools: readonly Pool[], where: Site = site): Directive[] =>
  textOf('/etc/nginx/cgipool/locations.conf', pools, where);

/** The routes of pools: all locations except those of the status. */
export const routesOf = (...pools: Pool[]): Directive[] =>
  locationsOf(pools).filter(([words]) => !/pool-status|@cgipool_no_status/.test(words.join(' ')));
