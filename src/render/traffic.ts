import { endpoint } from '../model/names.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { maySleep, needsTraffic } from '../model/traits.ts';
import { type Assets, fill } from './fill.ts';

const told = (pool: Pool): string => `    cgipool_${pool.name} $cgipool_listens;\n`;

/** Whether it has an endpoint that is a socket file, if only the wakeSocket. */
const hasFiles = (pool: Pool): boolean => pool.listen === 'unix' || maySleep(pool);

/** What nginx dials of a pool; files by a pattern, since a key of map as long as their paths keeps nginx from loading. */
function dialled(pool: Pool): string {
  const ports = pool.listen === 'tcp' ? pool.slots.map(slot => endpoint(pool, slot)) : [];
  const files = hasFiles(pool) ? [`~^unix:/run/cgipool/${pool.name}[./]`] : [];
  return [...ports, ...files].map(key => `    ${key} $cgipool_listens;\n`).join('');
}

/** nginx names the upstream in a variable for HTTP alone. */
const isNamed = ({ protocol }: Pool): boolean => protocol === 'http';

/** traffic.conf: what makes nginx tell the controller, by the tag, of each request to a pool that needs it. */
export const renderTraffic = (site: Site, pools: readonly Pool[], tag: string, assets: Assets): string => {
  const heard = pools.filter(needsTraffic);
  const others = heard.filter(pool => !isNamed(pool));
  return fill(assets, 'nginx/traffic.conf', {
    POOLS: heard.filter(isNamed).map(told).join(''),
    OTHERS: others.length > 0 ? '$cgipool_dialled' : '0',
    DIALLED:
      others.length > 0
        ? fill(assets, 'nginx/dialled.conf', { ENDPOINTS: others.map(dialled).join('') })
        : '',
    ADDRESS: site.accessLog,
    TAG: tag,
  });
};

/** The line that includes it; empty where no pool needs it. */
export const includeTraffic = (pools: readonly Pool[]): string =>
  pools.some(needsTraffic) ? '\ninclude /etc/nginx/cgipool/traffic.conf;' : '';

/** A test of a file for each request: with nobody listening nginx fills its error log. */
const LISTENS = `    set $cgipool_listens 0;
    if (-f /run/cgipool-controller/listens) {
        set $cgipool_listens 1;
    }
`;

/** What a pool's route needs for it. */
export const listensCheck = (pool: Pool): string => (needsTraffic(pool) ? LISTENS : '');
