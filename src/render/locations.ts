import { MODULES } from '../model/nginx-directives.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { type Assets, fill, textOf } from './fill.ts';
import { answerHeaders, repeatedHsts } from './headers.ts';
import { renderProxy } from './proxy.ts';
import { listensCheck } from './traffic.ts';

/**
 * `/api/search` matches itself and paths below it, not `/api/searching`. `/` leaves regex locations of others in force.
 */
const matches = (location: string): string[] =>
  location === '/' ? ['/'] : [`= ${location}`, `^~ ${location}/`];

/** The controller sees within this time that a request is held for too long, on a loaded machine too, ms. */
const NOTICE_MS = 5_000;

/** How long nginx waits for an instance, ms: with RequestTimeout= long enough for the controller to see which one holds the request. */
const readTimeout = ({ nginx, health }: Pool): number =>
  Math.min(nginx.readTimeout, (health.requestTimeout ?? Infinity) + NOTICE_MS);

/** How long a request waits at the wake socket, ms: an instance has to start first. */
export const wakeTimeout = (pool: Pool): number => pool.health.startTimeout + readTimeout(pool);

/** For how long nginx tries others, ms: never a request that was cut by RequestTimeout=, and a slow one at most twice. */
const giveUpAfter = ({ nginx, health }: Pool): number =>
  Math.min(2 * nginx.readTimeout, health.requestTimeout ?? Infinity);

const route = (pool: Pool, match: string, assets: Assets, isAsleep: boolean): string[] =>
  fill(assets, 'nginx/route.conf', {
    MATCH: match,
    NAME: pool.name,
    RETRY: pool.nginx.idempotent ? ' non_idempotent' : '',
    GIVEUP: `${giveUpAfter(pool)}ms`,
    CONNECT: `${pool.nginx.connectTimeout}ms`,
    READ: `${isAsleep ? wakeTimeout(pool) : readTimeout(pool)}ms`,
    BODY: String(pool.nginx.maxBody),
    PASS: renderProxy(pool, assets),
    MODULE: MODULES[pool.protocol],
    HEADERS: answerHeaders(pool),
    MORE: [...listensCheck(pool, assets), ...repeatedHsts(pool), ...pool.nginx.set.map(text => `${text};`)],
  });

const routes = (pool: Pool, assets: Assets, isAsleep: boolean): string[] =>
  pool.nginx.location === null
    ? []
    : matches(pool.nginx.location).flatMap(match => route(pool, match, assets, isAsleep));

/**
 * locations.conf: the status page and each pool's route, for our server block and an administrator's own. `asleep`: the pools whose
 * requests wait for an instance to start.
 */
export const renderLocations = (
  site: Site,
  pools: readonly Pool[],
  assets: Assets,
  asleep: ReadonlySet<string> = new Set(),
): string =>
  textOf([
    ...fill(assets, 'nginx/status.conf', { ALLOW: site.statusAllow.map(network => `allow ${network};`) }),
    ...pools.flatMap(pool => routes(pool, assets, asleep.has(pool.name))),
  ]);
