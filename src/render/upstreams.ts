import { own } from '../base/own.ts';
import { endpoint } from '../model/names.ts';
import type { Balance, Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { isStream, reachable } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';

function method(balance: Balance): string[] {
  if (balance.method === 'round_robin') return [];
  if (balance.method === 'random') return ['random two least_conn;'];
  if (balance.method === 'hash') return [`hash ${balance.key} consistent;`];
  return [`${balance.method};`];
}

/** About 1 KB of shared memory per server; nginx takes no zone of less than eight pages. */
const zoneKilobytes = (pool: Pool): number => Math.max(64, pool.slots.length + 16);

// max_fails=0: with nginx's own marking, a few crashes in a row make all instances fail at once
const server = (pool: Pool, slot: number, more: string): string =>
  `server ${endpoint(pool, slot)} max_fails=0${more};`;

/** A backup is none where nobody else is: nginx loads no upstream of backups alone. */
function servers({ pool, slots, weights }: Upstream): string[] {
  const { maxConns, backup } = pool.nginx;
  const isSpare = (slot: number): boolean => backup.includes(slot);
  const isWeighed = Object.keys(weights).length > 0;
  const most = maxConns === null ? '' : ` max_conns=${maxConns}`;
  const last = (slot: number): string => (isSpare(slot) && !slots.every(isSpare) ? ' backup' : '');
  const weight = (slot: number): string => (isWeighed ? ` weight=${weights[slot] ?? 10}` : '');
  return slots.map(slot => server(pool, slot, weight(slot) + most + last(slot)));
}

const keepalive = ({ nginx }: Pool): string[] =>
  nginx.keepalive > 0 ? [`keepalive ${nginx.keepalive};`] : [];

/** nginx does not load an upstream without a server. */
const NOBODY = ['server 127.0.0.1:9 down;'];

/** Which slots of which pool nginx sends to, and how much beside the others: 10 where nothing is said. */
export interface Sent {
  live: Record<string, readonly number[]>;
  weights: Record<string, Record<number, number>>;
}

export const nothingSent = (): Sent => ({ live: {}, weights: {} });

/** A pool and those of its slots that nginx shall send to. */
export interface Upstream {
  pool: Pool;
  slots: number[];
  weights: Record<number, number>;
}

/** What is asked for, as far as the pool has it. */
export function upstreamOf(pool: Pool, { live, weights }: Sent): Upstream {
  const asked = new Set(own(live, pool.name));
  const slots = reachable(pool).filter(slot => asked.has(slot));
  return { pool, slots, weights: (pool.nginx.weight === 'auto' && own(weights, pool.name)) || {} };
}

/** Its block: the method, and a server for each slot. */
export const renderUpstream = (upstream: Upstream, assets: Assets): string[] =>
  fill(assets, 'nginx/upstream.conf', {
    NAME: upstream.pool.name,
    ZONE: String(zoneKilobytes(upstream.pool)),
    BALANCE: method(upstream.pool.nginx.balance),
    SERVERS: upstream.slots.length > 0 ? servers(upstream) : NOBODY,
    // stands after the method, which it wraps
    KEEPALIVE: keepalive(upstream.pool),
  });

/** A line of the map by which a route knows that its pool can answer. The prefix: a pool may be called `default`. */
const ready = ({ pool, slots }: Upstream): string[] => (slots.length > 0 ? [`cgipool_${pool.name} 1;`] : []);

/** upstreams.conf: for each pool its live slots, as far as the pool has them, and the generation to answer by. */
export function renderUpstreams(
  site: Site,
  pools: readonly Pool[],
  routing: Sent,
  generation: number,
  assets: Assets,
): string {
  const all = pools.filter(pool => !isStream(pool)).map(pool => upstreamOf(pool, routing));
  return textOf(
    fill(assets, 'nginx/upstreams.conf', {
      CONTROL: site.control,
      GENERATION: String(generation),
      READY: all.flatMap(ready),
      UPSTREAMS: all.flatMap(one => renderUpstream(one, assets)),
    }),
  );
}
