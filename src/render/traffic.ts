import { endpoint } from '../model/names.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { maySleep, needsTraffic } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';

const named = (pool: Pool): string => `cgipool_${pool.name} $cgipool_listens;`;

/** Whether it has an endpoint that is a socket file, if only the wake socket. */
const hasFiles = (pool: Pool): boolean => pool.listen === 'unix' || maySleep(pool);

/** What nginx dials of a pool; files by a pattern, since a key of map as long as their paths keeps nginx from loading. */
function dialled(pool: Pool): string[] {
  const ports = pool.listen === 'tcp' ? pool.slots.map(slot => endpoint(pool, slot)) : [];
  const files = hasFiles(pool) ? [`~^unix:/run/cgipool/${pool.name}[./]`] : [];
  return [...ports, ...files].map(key => `${key} $cgipool_listens;`);
}

/** nginx names the upstream in a variable for HTTP alone. */
const isNamed = ({ protocol }: Pool): boolean => protocol === 'http';

/** traffic.conf: what makes nginx tell the controller, by the tag, of each request to a pool that needs it. */
export function renderTraffic(site: Site, pools: readonly Pool[], tag: string, assets: Assets): string {
  const logged = pools.filter(needsTraffic);
  const others = logged.filter(pool => !isNamed(pool));
  const hasOthers = others.length > 0;
  const lines = fill(assets, 'nginx/traffic.conf', {
    POOLS: logged.filter(isNamed).map(named),
    OTHERS: hasOthers ? '$cgipool_dialled' : '0',
    DIALLED: hasOthers ? fill(assets, 'nginx/dialled.conf', { ENDPOINTS: others.flatMap(dialled) }) : [],
    ADDRESS: site.accessLog,
    TAG: tag,
  });
  return textOf(lines);
}

/** The line that includes it; none where no pool needs it. */
export const includeTraffic = (pools: readonly Pool[]): string[] =>
  pools.some(needsTraffic) ? ['include /etc/nginx/cgipool/traffic.conf;'] : [];

/** What a pool's route needs for it. */
export const listensCheck = (pool: Pool, assets: Assets): string[] =>
  needsTraffic(pool) ? fill(assets, 'nginx/listens.conf', {}) : [];
