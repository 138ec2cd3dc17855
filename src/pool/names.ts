import type { Pool } from './pool.ts';

/** A pool's name: a unit name, an nginx upstream and a user name all have to carry it. */
export const POOL_NAME = /^[a-z][a-z0-9-]{0,31}$/;

const INSTANCE = /^cgipool-([a-z][a-z0-9-]{0,31})@(\d{1,5})\.service$/;

/** `cgipool-search@8000.service` */
export const unitName = (pool: string, slot: number): string => `cgipool-${pool}@${slot}.service`;

/** `cgipool-search@.service` */
export const templateName = (pool: string): string => `cgipool-${pool}@.service`;

/** `cgipool-search.probe@.service`: no pool's name has a dot, so that it is no other pool's instance. */
export const probeTemplateName = (pool: string): string => `cgipool-${pool}.probe@.service`;

/** `cgipool-search.probe@8000.service` */
export const probeUnitName = (pool: string, slot: number): string => `cgipool-${pool}.probe@${slot}.service`;

/** `cgipool-my\x2dpool.slice`: in slice names a bare `-` means nesting (systemd.slice(5)). */
export const sliceName = (pool: string): string => `cgipool-${pool.replaceAll('-', '\\x2d')}.slice`;

/** The pool and slot of an instance's unit name, or null for any other unit. */
export function parseUnitName(unit: string): { pool: string; slot: number } | null {
  const match = INSTANCE.exec(unit);
  return match?.[1] && match[2] ? { pool: match[1], slot: Number(match[2]) } : null;
}

/**
 * The socket of a unix instance, or of `%i`, which is any in a unit's template. A folder per slot, because systemd
 * removes RuntimeDirectory= with the unit.
 */
export const socketPath = (pool: string, slot: number | '%i'): string => `/run/cgipool/${pool}/${slot}/sock`;

/** What nginx dials: `127.0.0.1:8000` or `unix:/run/cgipool/search/1/sock`. */
export const endpoint = (pool: Pick<Pool, 'name' | 'listen'>, slot: number): string =>
  pool.listen === 'tcp' ? `127.0.0.1:${slot}` : `unix:${socketPath(pool.name, slot)}`;
