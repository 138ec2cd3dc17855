import { sliceName, socketPath } from '../pool/names.ts';
import type { Directive, Pool, Site } from '../pool/pool.ts';
import { type Assets, fill } from './fill.ts';

const lines = (list: readonly Directive[]): string => list.map(d => `${d.key}=${d.value}\n`).join('');

/** In unit files `%` begins a specifier (systemd.unit(5)); in a description it is meant as it is. */
const literal = (text: string): string => text.replaceAll('%', '%%');

/** What a worker finds in its environment beside its arguments. */
const environment = (pool: Pool): string =>
  pool.listen === 'tcp' ? 'PORT=%i' : `SOCKET=${socketPath(pool.name, '%i')}`;

/**
 * A socket that nginx's group may dial and nobody else; systemd removes the folder, and so a stale socket. The group is
 * the worker's own, since without a privilege it could give its socket to no other.
 */
const unixAccess = (pool: Pool, site: Site): string =>
  [
    `RuntimeDirectory=cgipool/${pool.name}/%i`,
    'RuntimeDirectoryMode=0750',
    `Group=${site.nginxGroup}`,
    'UMask=0007',
  ].join('\n');

/** The text of `cgipool-NAME@.service`. The pool's own directives stand last in each section, and so win. */
export function renderTemplate(pool: Pool, site: Site, assets: Assets): string {
  return fill(assets, 'units/pool@.service', {
    NAME: pool.name,
    DESCRIPTION: literal(pool.description),
    EXEC: pool.exec,
    ENVIRONMENT: environment(pool),
    ACCESS: pool.listen === 'tcp' ? 'UMask=0077' : unixAccess(pool, site),
    SLICE: sliceName(pool.name),
    UNIT: lines(pool.unit),
    SERVICE: lines(pool.service),
  });
}

/** The text of the pool's slice, where limits for all its instances together belong. */
export const renderSlice = (pool: Pool, assets: Assets): string =>
  fill(assets, 'units/pool.slice', {
    NAME: pool.name,
    DESCRIPTION: literal(pool.description),
    DIRECTIVES: lines(pool.slice),
  });
