import { paths } from './paths.ts';
import type { Pool } from './pool.ts';
import { NGINX_SOCKETS } from './services.ts';

/** A pool's name, which is part of a unit name, an nginx upstream and a user name. */
export const POOL_NAME = /^[a-z][a-z0-9-]{0,31}$/;

const INSTANCE = /^cgipool-([a-z][a-z0-9-]{0,31})@(\d{1,5})\.(service|socket)$/;

/** `cgipool-search@8000.service` */
export const unitName = (pool: string, slot: number): string => `cgipool-${pool}@${slot}.service`;

/** `cgipool-search@8000.socket`: with Listen=fd, the socket that systemd opens for the instance. */
export const socketName = (pool: string, slot: number): string => `cgipool-${pool}@${slot}.socket`;

/** `cgipool-search@.socket` */
export const socketTemplateName = (pool: string): string => `cgipool-${pool}@.socket`;

/** `cgipool-search@.service` */
export const templateName = (pool: string): string => `cgipool-${pool}@.service`;

/** `cgipool-search.probe@.service`: pool names have no dot, so this cannot be another pool's instance. */
export const probeTemplateName = (pool: string): string => `cgipool-${pool}.probe@.service`;

/** `cgipool-search.probe@8000.service` */
export const probeUnitName = (pool: string, slot: number): string => `cgipool-${pool}.probe@${slot}.service`;

/** `cgipool-search.wake.socket`, and the service that it starts. */
export const wakeUnitName = (pool: string, kind: 'socket' | 'service'): string =>
  `cgipool-${pool}.wake.${kind}`;

const WAKE_UNIT = /^cgipool-([a-z][a-z0-9-]{0,31})\.wake\.(socket|service)$/;

/** The pool and the kind of a wake socket's unit name, or null for any other unit. */
export function parseWakeUnitName(unit: string): { pool: string; kind: 'socket' | 'service' } | null {
  const match = WAKE_UNIT.exec(unit);
  return match?.[1] ? { pool: match[1], kind: match[2] === 'socket' ? 'socket' : 'service' } : null;
}

/** `cgipool-search.metric.service`: runs the command of Metric=exec:. */
export const metricName = (pool: string): string => `cgipool-${pool}.metric.service`;

/** Slot of the wake socket, to which nginx sends requests while the pool sleeps; no instance has it. */
export const WAKE_SLOT = 0;

/** `cgipool-my\x2dpool.slice`: in slice names a bare `-` means nesting (systemd.slice(5)). */
export const sliceName = (pool: string): string => `cgipool-${pool.replaceAll('-', '\\x2d')}.slice`;

const parseInstanceUnit = (
  unit: string,
  kind: 'service' | 'socket',
): { pool: string; slot: number } | null => {
  const [, pool, slot, type] = INSTANCE.exec(unit) ?? [];
  return pool !== undefined && type === kind ? { pool, slot: Number(slot) } : null;
};

/** The pool and slot of an instance's unit name, or null for any other unit. */
export const parseUnitName = (unit: string): { pool: string; slot: number } | null =>
  parseInstanceUnit(unit, 'service');

/** The pool and slot of the unit that holds an instance's socket, or null for any other unit. */
export const parseSocketName = (unit: string): { pool: string; slot: number } | null =>
  parseInstanceUnit(unit, 'socket');

/**
 * The socket file of an instance, or with `%i` that of any instance, for a unit template. Each slot has a folder, because
 * systemd removes RuntimeDirectory= when the unit stops.
 */
export const socketPath = (pool: string, slot: number | '%i'): string =>
  `${paths.sockets}/${pool}/${slot}/sock`;

/** The socket where requests to a sleeping pool wait. */
export const wakeSocketPath = (pool: string): string => `${paths.sockets}/${pool}.wake`;

/** The socket that systemd holds for nginx at an address such as `0.0.0.0:80` or `[::]:80`; see systemd-escape(1). */
export const nginxSocketName = (address: string): string =>
  NGINX_SOCKETS.replace('@', `@${address.replace('[', '\\x5b').replace(']', '\\x5d')}`);

/** Whether a unit is such a socket. */
export const isNginxSocket = (unit: string): boolean => /^cgipool-nginx\.listen@.+\.socket$/.test(unit);

/** Where nginx connects to: `127.0.0.1:8000`, `unix:/run/cgipool/search/1/sock`, or the wake socket. */
export const endpoint = (pool: Pick<Pool, 'name' | 'listen'>, slot: number): string =>
  slot === WAKE_SLOT ? `unix:${wakeSocketPath(pool.name)}` : instanceEndpoint(pool, slot);

const instanceEndpoint = (pool: Pick<Pool, 'name' | 'listen'>, slot: number): string =>
  pool.listen === 'tcp' ? `127.0.0.1:${slot}` : `unix:${socketPath(pool.name, slot)}`;

/** Who may dial the sockets of unix workers: nginx's user and the controller's, and no other program of theirs. */
export const SOCKETS_GROUP = 'cgipool-sockets';

/** What is said of a pool that is not installed. */
export const noSuchPool = (name: string, installed: readonly string[]): string =>
  `there is no pool ${name} (installed: ${installed.join(', ') || 'none'})`;

/** The name of a pool's file, by which problems and refusals call it. */
export const poolFileOf = (pool: string): string => `${pool}.pool`;
