import type { Pool, Site } from '../pool/pool.ts';
import { needsTraffic } from '../pool/traffic.ts';
import { type Assets, fill } from './fill.ts';

const told = (pool: Pool): string => `    cgipool_${pool.name} $cgipool_listens;\n`;

/** What makes nginx tell the controller of each request to a pool that needs it; empty where none does. */
export function renderTraffic(site: Site, pools: readonly Pool[], assets: Assets): string {
  const list = pools.filter(needsTraffic);
  if (list.length === 0) return '';
  return fill(assets, 'nginx/traffic.conf', {
    POOLS: list.map(told).join(''),
    ADDRESS: site.accessLog,
  });
}

/** A test of a file for each request: with nobody listening nginx fills its error log. */
const LISTENS = `    set $cgipool_listens 0;
    if (-f /run/cgipool-controller/listens) {
        set $cgipool_listens 1;
    }
`;

/** What a pool's route needs for it. */
export const listensCheck = (pool: Pool): string => (needsTraffic(pool) ? LISTENS : '');
