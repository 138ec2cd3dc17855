import { MODULES } from '../model/nginx-directives.ts';
import type { Pool, Protocol } from '../model/pool.ts';
import { type Assets, fill } from './fill.ts';
import { blanks, redirects } from './headers.ts';

/** Escapes a text for a quoted regular expression of nginx. */
const escaped = (text: string): string => text.replace(/[.+]/g, '\\\\$&');

/** The location as a prefix of the paths below it: `/app`; empty for `/`. */
const prefix = ({ nginx: { location } }: Pool): string =>
  location === null || location === '/' ? '' : escaped(location);

/** The path after a script, to its end. A path may contain line breaks, which `.` does not match, and `$` matches before one. */
const REST = '(/[\\\\s\\\\S]*)?\\\\z';

const script = (pool: Pool, file: string, assets: Assets): string[] =>
  fill(assets, 'nginx/script.conf', { SPLIT: `^(${prefix(pool)})${REST}`, FILE: file });

/** A file name without a leading dot. */
const NAME = '[^./][^/]*';

/** The path of a script below Root=. Lazy, so that the first name with an extension is the script. */
const scriptBelow = ({ nginx }: Pool): string =>
  `(?:/(?:${NAME}|\\\\.well-known))*?/${NAME}\\\\.(?:${nginx.scriptExtensions.join('|')})`;

const root = (pool: Pool, folder: string, assets: Assets): string[] =>
  fill(assets, 'nginx/root.conf', {
    SPLIT: `^(${prefix(pool)}${scriptBelow(pool)})${REST}`,
    BELOW: `^${prefix(pool)}(${scriptBelow(pool)})\\\\z`,
    ROOT: folder.replace(/\/$/, ''),
  });

function scripts(pool: Pool, assets: Assets): string[] {
  const { nginx } = pool;
  if (nginx.script !== null) return script(pool, nginx.script, assets);
  return nginx.root === null ? [] : root(pool, nginx.root, assets);
}

/** Without keepalive each request closes its connection, except WebSockets. */
const connection = ({ nginx }: Pool): string =>
  nginx.keepalive > 0 ? '$cgipool_kept' : '$cgipool_connection';

/** WSGI and CGI require these, but nginx's params files lack them. */
const SCGI = ['scgi_param PATH_INFO $document_uri;', 'scgi_param SCRIPT_NAME "";'];
const UWSGI = ['uwsgi_param SCRIPT_NAME "";'];

const cgi = (pool: Pool, assets: Assets): string[] =>
  fill(assets, 'nginx/cgi.conf', { NAME: pool.name, MODULE: MODULES[pool.protocol], BLANK: blanks(pool) });

const keptOpen = ({ nginx }: Pool): string[] => (nginx.keepalive > 0 ? ['fastcgi_keep_conn on;'] : []);

/** The directives that pass a request on, by protocol: a new protocol without an entry does not compile. */
const PASSES: Record<Exclude<Protocol, 'tcp'>, (pool: Pool, assets: Assets) => string[]> = {
  http: (pool, assets) =>
    fill(assets, 'nginx/http.conf', { NAME: pool.name, CONNECTION: connection(pool), BLANK: blanks(pool) }),
  grpc: (pool, assets) => fill(assets, 'nginx/grpc.conf', { NAME: pool.name, BLANK: blanks(pool) }),
  fastcgi: (pool, assets) => [...cgi(pool, assets), ...scripts(pool, assets), ...keptOpen(pool)],
  scgi: (pool, assets) => [...cgi(pool, assets), ...SCGI],
  uwsgi: (pool, assets) => [...cgi(pool, assets), ...UWSGI],
};

const switchOff = (module: string, what: string, isOn: boolean): string[] =>
  isOn ? [] : [`${module}_${what} off;`];

function buffers({ protocol, nginx }: Pool): string[] {
  const module = MODULES[protocol];
  // nginx never buffers gRPC
  if (protocol === 'grpc') return [];
  return [
    ...switchOff(module, 'buffering', nginx.buffering),
    ...switchOff(module, 'request_buffering', nginx.requestBuffering),
  ];
}

/** The directives that pass requests on to the pool; none for Protocol=tcp, which has its own server block. */
export const renderProxy = (pool: Pool, assets: Assets): string[] =>
  pool.protocol === 'tcp'
    ? []
    : [...PASSES[pool.protocol](pool, assets), ...redirects(pool), ...buffers(pool)];
