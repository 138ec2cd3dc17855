import type { CgiProtocol, WireRequest } from '../../src/wire/request.ts';
import { cgiSeeds, h2Seeds, httpSeeds } from './seeds.ts';

/** A pool to attack: the samples and services/examples. */
export interface Attacked {
  pool: string;
  protocol: CgiProtocol | 'http' | 'grpc';
  /** What is asked of it over nginx, and in HTTP past it. */
  path: string;
  /** A GET whose answer has the word in place of WORD; none where nothing is answered to a GET. */
  get?: string;
  /** How nginx passes on the path, with variables. */
  file?: Pick<WireRequest, 'script' | 'root' | 'scriptExtensions'>;
}

const EXAMPLES = '/srv/examples';

export const attacked: readonly Attacked[] = [
  { pool: 'search', protocol: 'http', path: '/api/search', get: '/api/search?q=WORD' },
  { pool: 'auth', protocol: 'http', path: '/api/auth', get: '/api/auth?user=WORD' },
  { pool: 'node', protocol: 'http', path: '/node', get: '/node/a?q=WORD' },
  { pool: 'gunicorn', protocol: 'http', path: '/gunicorn', get: '/gunicorn/a?q=WORD' },
  { pool: 'files', protocol: 'http', path: '/files/hello.txt' },
  {
    ...{ pool: 'cgi', protocol: 'fastcgi', path: '/cgi-bin/echo.pl', get: '/cgi-bin/echo.pl/a?q=WORD' },
    file: { root: `${EXAMPLES}/cgi-bin`, scriptExtensions: ['pl', 'cgi', 'sh'] },
  },
  {
    ...{ pool: 'php', protocol: 'fastcgi', path: '/php', get: '/php/a?q=WORD' },
    file: { script: `${EXAMPLES}/index.php` },
  },
  {
    ...{ pool: 'fastcgi', protocol: 'fastcgi', path: '/fastcgi', get: '/fastcgi/a?q=WORD' },
    file: { script: `${EXAMPLES}/fastcgi` },
  },
  { pool: 'scgi', protocol: 'scgi', path: '/scgi', get: '/scgi/a?q=WORD' },
  { pool: 'uwsgi', protocol: 'uwsgi', path: '/uwsgi', get: '/uwsgi/a?q=WORD' },
  { pool: 'grpc', protocol: 'grpc', path: '/examples.Echo/Say' },
];

/**
 * libfcgi ends a program when there is no memory for the length that a parameter claims to have, which is no length of nginx's:
 * https://github.com/FastCGI-Archives/fcgi2/issues/58. systemd starts it again, and its socket keeps the requests.
 */
export const ENDED_BY_LIBFCGI =
  /cgipool-(?:fastcgi|cgi)@\d+\.service: (?:Failed with result 'signal'|Scheduled restart job)/;

/** The location: the path's first name. */
const locationOf = (path: string): string => /^\/[^/]*/.exec(path)?.[0] ?? '/';

/** Requests in the pool's own protocol. */
export function ownSeeds({ protocol, path, file = {} }: Attacked): string[] {
  if (protocol === 'http') return httpSeeds(path);
  if (protocol === 'grpc') return h2Seeds(path);
  return cgiSeeds(protocol, {
    ...{ path: `${path}/a?q=outer-1`, host: 'localhost', location: locationOf(path) },
    ...file,
  });
}
