import { endpoint } from '../model/names.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { maySleep, needsTraffic } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';

const named = (pool: Pool): string => `cgipool_${pool.name} $cgipool_listens;`;

/** Whether nginx dials socket files of the pool, the wake socket included. */
const hasFiles = (pool: Pool): boolean => pool.listen === 'unix' || maySleep(pool);

/** Map keys for the pool's endpoints; files by a pattern, as nginx does not load with keys as long as their paths. */
function dialled(pool: Pool): string[] {
  const ports = pool.listen === 'tcp' ? pool.slots.map(slot => endpoint(pool, slot)) : [];
  const files = hasFiles(pool) ? [`~^unix:/run/cgipool/${pool.name}[./]`] : [];
  return [...ports, ...files].map(key => `${key} $cgipool_listens;`);
}

/** Only for HTTP does nginx have a variable with the upstream's name. */
const isNamed = ({ protocol }: Pool): boolean => protocol === 'http';

/**
 * access.conf: makes nginx log each request to a pool that needs it to the controller, with the tag. It is there without such a
 * pool, as server blocks of others include it.
 */
export function renderAccess(site: Site, pools: readonly Pool[], tag: string, assets: Assets): string {
  const log = `access_log syslog:server=${site.accessLog},nohostname,tag=${tag} cgipool if=$cgipool_told;`;
  return textOf(fill(assets, 'nginx/access.conf', { LOG: pools.some(needsTraffic) ? [log] : [] }));
}

/** traffic.conf: the format of access.conf, and which requests it logs. */
export function renderTraffic(pools: readonly Pool[], assets: Assets): string {
  const logged = pools.filter(needsTraffic);
  const others = logged.filter(pool => !isNamed(pool));
  const hasOthers = others.length > 0;
  const lines = fill(assets, 'nginx/traffic.conf', {
    POOLS: logged.filter(isNamed).map(named),
    OTHERS: hasOthers ? '$cgipool_dialled' : '0',
    DIALLED: hasOthers ? fill(assets, 'nginx/dialled.conf', { ENDPOINTS: others.flatMap(dialled) }) : [],
  });
  return textOf(lines);
}

/** Includes traffic.conf if a pool needs it. */
export const includeTraffic = (pools: readonly Pool[]): string[] =>
  pools.some(needsTraffic) ? ['include /etc/nginx/cgipool/traffic.conf;'] : [];

/** The check in a pool's route whether the controller listens. */
export const listensCheck = (pool: Pool, assets: Assets): string[] =>
  needsTraffic(pool) ? fill(assets, 'nginx/listens.conf', {}) : [];
