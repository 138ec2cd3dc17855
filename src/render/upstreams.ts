import { endpoint } from '../pool/names.ts';
import type { Balance, Pool, Site } from '../pool/pool.ts';
import { type Assets, fill } from './fill.ts';

/** nginx variables may not hold a hyphen; pool names hold no underscore, so nothing collides. */
export const variable = (pool: string): string => pool.replaceAll('-', '_');

const directive = (balance: Balance): string => {
  if (balance.method === 'round_robin') return '';
  if (balance.method === 'random') return '    random two least_conn;\n';
  if (balance.method === 'hash') return `    hash ${balance.key} consistent;\n`;
  return `    ${balance.method};\n`;
};

/** About 1 KB of shared memory per server, and nginx's least of eight pages. */
const zoneKilobytes = (pool: Pool): number => Math.max(64, pool.slots.length + 16);

// max_fails=0: with nginx's own marking, a few crashes in a row make all instances fail at once
const server = (pool: Pool, slot: number): string => `    server ${endpoint(pool, slot)} max_fails=0;\n`;

/** nginx does not load an upstream without a server. */
const NOBODY = '    server 127.0.0.1:9 down;\n';

function upstream(pool: Pool, live: readonly number[], assets: Assets): string {
  const slots = pool.slots.filter(slot => live.includes(slot));
  return fill(assets, 'nginx/upstream.conf', {
    NAME: pool.name,
    VARIABLE: variable(pool.name),
    READY: slots.length > 0 ? '1' : '0',
    ZONE: String(zoneKilobytes(pool)),
    BALANCE: directive(pool.nginx.balance),
    SERVERS: slots.length > 0 ? slots.map(slot => server(pool, slot)).join('') : NOBODY,
  });
}

/** upstreams.conf: for each pool its live slots, as far as the pool has them, and the generation to answer by. */
export function renderUpstreams(
  site: Site,
  pools: readonly Pool[],
  live: Record<string, number[]>,
  generation: number,
  assets: Assets,
): string {
  const control = fill(assets, 'nginx/control.conf', {
    CONTROL: site.control,
    GENERATION: String(generation),
  });
  return control + pools.map(pool => upstream(pool, live[pool.name] ?? [], assets)).join('');
}
