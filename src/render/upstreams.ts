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

// max_fails=0: if nginx marked instances as failed, a few crashes in a row could take all of them out at once
const server = (pool: Pool, slot: number, more: string): string =>
  `server ${endpoint(pool, slot)} max_fails=0${more};`;

/** Without other servers the backups are not marked: nginx does not load an upstream of backups only. */
function servers({ pool, slots, weights }: Upstream): string[] {
  const { maxConns, backup } = pool.nginx;
  const isBackup = (slot: number): boolean => backup.includes(slot);
  const isWeighed = Object.keys(weights).length > 0;
  const most = maxConns === null ? '' : ` max_conns=${maxConns}`;
  const last = (slot: number): string => (isBackup(slot) && !slots.every(isBackup) ? ' backup' : '');
  const weight = (slot: number): string => (isWeighed ? ` weight=${weights[slot] ?? 10}` : '');
  return slots.map(slot => server(pool, slot, weight(slot) + most + last(slot)));
}

const keepalive = ({ nginx }: Pool): string[] =>
  nginx.keepalive > 0 ? [`keepalive ${nginx.keepalive};`] : [];

/** nginx does not load an upstream without a server. */
const NO_SERVER = ['server 127.0.0.1:9 down;'];

/** The pools whose requests go to the wake socket, by the text of upstreams.conf. */
export const asleepBy = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^ *server unix:\/run\/cgipool\/([a-z0-9-]+)\.wake /gm)].map(([, name = '']) => name),
  );

/** The slots of each pool that nginx should send to, and their weights; 10 is the default. */
export interface SentTo {
  live: Record<string, readonly number[]>;
  weights: Record<string, Record<number, number>>;
}

export const nothingSent = (): SentTo => ({ live: {}, weights: {} });

/** A pool and the slots that nginx should send to. */
interface Upstream {
  pool: Pool;
  slots: number[];
  weights: Record<number, number>;
}

/** The requested slots that the pool has. */
export function upstreamOf(pool: Pool, { live, weights }: SentTo): Upstream {
  const asked = new Set(own(live, pool.name));
  const slots = reachable(pool).filter(slot => asked.has(slot));
  return { pool, slots, weights: (pool.nginx.weight === 'auto' && own(weights, pool.name)) || {} };
}

/** The upstream block: the balancing method, and a server for each slot. */
export const renderUpstream = (upstream: Upstream, assets: Assets): string[] =>
  fill(assets, 'nginx/upstream.conf', {
    NAME: upstream.pool.name,
    ZONE: String(zoneKilobytes(upstream.pool)),
    BALANCE: method(upstream.pool.nginx.balance),
    SERVERS: upstream.slots.length > 0 ? servers(upstream) : NO_SERVER,
    // after the method, as nginx requires
    KEEPALIVE: keepalive(upstream.pool),
  });

/** The map entry of a pool with live slots. The prefix keeps a pool called `default` apart from the keyword. */
const ready = ({ pool, slots }: Upstream): string[] => (slots.length > 0 ? [`cgipool_${pool.name} 1;`] : []);

/** upstreams.conf: each pool's live slots, and the generation that the control server reports. */
export function renderUpstreams(
  site: Site,
  pools: readonly Pool[],
  routing: SentTo,
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
