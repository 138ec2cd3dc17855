import type { Pool, Site } from '../../src/pool/pool.ts';
import type { Directive } from './nginx-reader.ts';

/* What nginx is meant to be told, as trees: written anew from the documentation, not from the templates. */

const line = (...words: (string | number)[]): Directive => [words.map(String)];

const header = (name: string, value: string): Directive => line('proxy_set_header', name, value);

const route = ({ name, nginx: n }: Pool, ...match: string[]): Directive => [
  ['location', ...match],
  [
    line('set', '$cgipool_pool', name),
    [
      ['if', '($cgipool_ready', '=', '0)'],
      [line('add_header', 'Retry-After', '1', 'always'), line('return', 503)],
    ],
    line('proxy_pass', `http://cgipool_${name}`),
    line('proxy_http_version', '1.1'),
    header('Host', '$host'),
    header('X-Real-IP', '$remote_addr'),
    header('X-Forwarded-For', '$proxy_add_x_forwarded_for'),
    header('X-Forwarded-Proto', '$scheme'),
    header('Upgrade', '$http_upgrade'),
    header('Connection', '$cgipool_connection'),
    line('proxy_next_upstream', 'error', 'timeout', ...(n.idempotent ? ['non_idempotent'] : [])),
    line('proxy_next_upstream_tries', 3),
    line('proxy_next_upstream_timeout', `${n.readTimeout * 2}ms`),
    line('proxy_connect_timeout', `${n.connectTimeout}ms`),
    line('proxy_read_timeout', `${n.readTimeout}ms`),
    line('proxy_send_timeout', `${n.readTimeout}ms`),
    line('client_max_body_size', n.maxBody),
  ],
];

/** The routes of a pool: its location itself and all below it. */
export function routes(pool: Pool): Directive[] {
  const { location } = pool.nginx;
  if (location === null) return [];
  if (location === '/') return [route(pool, '/')];
  return [route(pool, '=', location), route(pool, '^~', `${location}/`)];
}

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

const server = (
  listens: readonly string[],
  { serverNames }: Site,
  more: readonly Directive[] = [],
): Directive => [
  ['server'],
  [
    ...listens.map(listen => line('listen', ...listen.split(/[ \t]+/))),
    line('server_name', ...serverNames),
    ...more,
    line('include', '/etc/nginx/cgipool/locations.conf'),
  ],
];

const tls = (certificate: string, key: string): Directive[] => [
  line('ssl_certificate', certificate),
  line('ssl_certificate_key', key),
  line('ssl_protocols', 'TLSv1.2', 'TLSv1.3'),
  line('ssl_session_cache', 'shared:cgipool:10m'),
  line('ssl_session_timeout', '1d'),
  line('ssl_session_tickets', 'off'),
];

const orElse = (list: readonly string[], ...defaults: string[]): readonly string[] =>
  list.length > 0 ? list : defaults;

/** The server blocks on a machine with IPv6. */
export const servers = (site: Site): Directive[] => [
  server(orElse(site.listen, '80', '[::]:80'), site),
  ...(site.tls
    ? [
        server(
          orElse(site.tls.listen, '443', '[::]:443').map(listen => `${listen} ssl http2`),
          site,
          tls(site.tls.certificate, site.tls.key),
        ),
      ]
    : []),
];
