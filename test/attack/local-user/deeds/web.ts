import type { NetConnectOpts } from 'node:net';
import { type Deed, some } from '../mallory.ts';
import { keep } from './connections.ts';

const NGINX: NetConnectOpts = { host: '127.0.0.1', port: 80 };
/** Not that of the pool that sleeps: anybody may wake it by a request. */
const PATHS = ['/tcp', '/held', '/timed', '/sock', '/jobs', '/cgi/hello.sh', '/pool-status', '/'];

const request = (path: string, ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', ...lines, 'Connection: close', '', ''].join('\r\n');

/** Headers of proxies, requests in requests, paths that lead elsewhere. */
const TRICKS: readonly ((path: string) => string)[] = [
  path => request(path, 'X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1', 'Forwarded: for=127.0.0.1'),
  path => request(path, 'X-Accel-Redirect: /pool-status', 'X-Original-URL: /pool-status', 'Proxy: http://x'),
  path => request(path, 'Upgrade: websocket', 'Connection: upgrade'),
  path => request(path, 'Content-Length: 6', 'Transfer-Encoding: chunked').concat('0\r\n\r\nGET /x'),
  path => request(path, 'Transfer-Encoding: chunked').concat('5\r\nhel'),
  path => request(`${path}/../../etc/passwd`),
  path => request(`${path}/%2e%2e/%00${'/x'.repeat(300)}`),
  path => request(path, `X-Long: ${'x'.repeat(20_000)}`),
  path => request(path, 'Range: bytes=0-,0-,0-,0-', 'Expect: 100-continue'),
  path => `${request(path).replace('Connection: close', 'Connection: keep-alive').repeat(5)}GET`,
  path => `GET ${path}\r\n`,
  () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];

/** Sends each trick to some pools. */
export const web: Deed = async mallory => {
  for (const trick of some(mallory.dice, TRICKS, 5))
    for (const path of some(mallory.dice, PATHS, 3)) await keep([NGINX, NGINX], trick(path), 100, mallory);
};

/** Requests that never end: half a head, and a body that does not come. Fewer than nginx has connections for. */
export const slowBodies: Deed = async mallory => {
  const path = mallory.dice.pick(PATHS) ?? '/';
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n`;
  const words = mallory.dice.pick([head, `${head}\r\nx`]) ?? head;
  const targets = new Array<NetConnectOpts>(mallory.dice.between(20, 80)).fill(NGINX);
  await keep(targets, words, mallory.dice.between(4_000, 8_000), mallory);
};
