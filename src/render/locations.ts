import { MODULES } from '../model/nginx-directives.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { type Assets, fill } from './fill.ts';
import { renderProxy } from './proxy.ts';
import { listensCheck } from './traffic.ts';

/** `/api/search` means itself and what is below it, not `/api/searching`. `/` leaves an administrator's regexes their say. */
const matches = (location: string): string[] =>
  location === '/' ? ['/'] : [`= ${location}`, `^~ ${location}/`];

const route = (pool: Pool, match: string, assets: Assets): string =>
  fill(assets, 'nginx/route.conf', {
    MATCH: match,
    NAME: pool.name,
    RETRY: pool.nginx.idempotent ? ' non_idempotent' : '',
    GIVEUP: `${2 * pool.nginx.readTimeout}ms`,
    CONNECT: `${pool.nginx.connectTimeout}ms`,
    READ: `${pool.nginx.readTimeout}ms`,
    BODY: String(pool.nginx.maxBody),
    PASS: renderProxy(pool, assets),
    MODULE: MODULES[pool.protocol],
    MORE: listensCheck(pool) + pool.nginx.set.map(text => `    ${text};\n`).join(''),
  });

const routes = (pool: Pool, assets: Assets): string =>
  pool.nginx.location === null
    ? ''
    : matches(pool.nginx.location)
        .map(match => route(pool, match, assets))
        .join('');

/** locations.conf: the status and each pool's route, for our server block and for an administrator's own. */
export function renderLocations(site: Site, pools: readonly Pool[], assets: Assets): string {
  const allow = site.statusAllow.map(network => `    allow ${network};`).join('\n');
  return (
    fill(assets, 'nginx/status.conf', { ALLOW: allow }) + pools.map(pool => routes(pool, assets)).join('')
  );
}
