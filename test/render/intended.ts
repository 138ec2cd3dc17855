import type { Pool } from '../../src/model/pool.ts';
import type { Site } from '../../src/model/site.ts';
import { args, type Directive } from './nginx-reader.ts';

/*
 * The intended configuration of a pool or a site: that of a plain one, with its own words filled in. It follows the
 * templates, but not the code that fills them in.
 */

/** By directive: the words after its name; undefined keeps them. */
type Own = Record<string, string[] | undefined>;

/** A copy of the tree in which some directives have other words. */
const withOwn = (tree: readonly Directive[], own: Own): Directive[] =>
  tree.map(([[name = '', ...words], block]) => {
    const whole = [name, ...((Object.hasOwn(own, name) ? own[name] : undefined) ?? words)];
    return block ? [whole, withOwn(block, own)] : [whole];
  });

const ownOf = ({ name, nginx: n, health: { requestTimeout: limit } }: Pool): Own => ({
  set: ['$cgipool_pool', name],
  proxy_pass: [`http://cgipool_${name}`],
  proxy_next_upstream: ['error', 'timeout', ...(n.idempotent ? ['non_idempotent'] : [])],
  proxy_next_upstream_timeout: [`${Math.min(n.readTimeout * 2, limit ?? Infinity)}ms`],
  proxy_connect_timeout: [`${n.connectTimeout}ms`],
  proxy_read_timeout: [`${Math.min(n.readTimeout, (limit ?? Infinity) + 5000)}ms`],
  proxy_send_timeout: [`${Math.min(n.readTimeout, (limit ?? Infinity) + 5000)}ms`],
  client_max_body_size: [String(n.maxBody)],
});

/** The intended routes of a pool, made from those of a plain pool. */
export function routes(pool: Pool, plain: readonly Directive[]): Directive[] {
  const { location } = pool.nginx;
  const own = ownOf(pool);
  const one = plain.slice(0, 1);
  if (location === null) return [];
  if (location === '/') return withOwn(one, { ...own, location: ['/'] });
  return [['=', location] as string[], ['^~', `${location}/`]].flatMap(match =>
    withOwn(one, { ...own, location: match }),
  );
}

const line = (...words: string[]): Directive => [words];

const method = ({ nginx: { balance } }: Pool): Directive[] => {
  if (balance.method === 'round_robin') return [];
  if (balance.method === 'random') return [line('random', 'two', 'least_conn')];
  return [balance.method === 'hash' ? line('hash', balance.key, 'consistent') : line(balance.method)];
};

const dial = ({ name, listen }: Pool, slot: number): string =>
  listen === 'tcp' ? `127.0.0.1:${slot}` : `unix:/run/cgipool/${name}/${slot}/sock`;

/** The upstream of a pool with these live slots. */
export const upstream = (pool: Pool, live: readonly number[], zone = '64k'): Directive => [
  ['upstream', `cgipool_${pool.name}`],
  [
    line('zone', `cgipool_${pool.name}`, zone),
    ...method(pool),
    ...(live.length > 0
      ? live.map(slot => line('server', dial(pool, slot), 'max_fails=0'))
      : [line('server', '127.0.0.1:9', 'down')]),
  ],
];

const orElse = (list: readonly string[], ...defaults: string[]): readonly string[] =>
  list.length > 0 ? list : defaults;

/** The intended listens of a site's server blocks, on a machine with IPv6. */
export const listens = ({ listen, tls }: Site): string[][] => [
  orElse(listen, '80', '[::]:80').map(text => text.replace(/[ \t]+/g, ' ')),
  ...(tls
    ? [orElse(tls.listen, '443', '[::]:443').map(text => `${text.replace(/[ \t]+/g, ' ')} ssl http2`)]
    : []),
];

/** Each server block's listens, and the block without them. */
export const unlisten = (servers: readonly Directive[]): [string[], Directive][] =>
  servers.map(([words, block = []]) => [
    args(block, 'listen'),
    [words, block.filter(([[name]]) => name !== 'listen')],
  ]);

/** The intended server blocks without their listens, made from those of a plain site with TLS and the same keys. */
export function servers({ serverNames, tls, acmeWebroot }: Site, plain: readonly Directive[]): Directive[] {
  const blocks = unlisten(plain).map(([, block]) => block);
  return withOwn(tls ? blocks : blocks.slice(0, 1), {
    server_name: serverNames,
    ssl_certificate: tls ? [tls.certificate] : undefined,
    ssl_certificate_key: tls ? [tls.key] : undefined,
    set: ['$cgipool_hsts', `max-age=${Math.ceil((tls?.hsts ?? 0) / 1000)}`],
    root: acmeWebroot === null ? undefined : [acmeWebroot],
  });
}
