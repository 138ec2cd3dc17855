import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { NetConnectOpts } from 'node:net';
import { type Deed, hold, servingPorts } from '../mallory.ts';
import { keep } from './connections.ts';

/** Longer than RequestTimeout=. */
const HOLD_MS = 5_000;

/** Calls nginx from a worker's own port, on other addresses: nginx is at the other end, but not as a worker's client. */
export const fromPoolPorts: Deed = async mallory => {
  const localPort = mallory.dice.pick(servingPorts('tcp', 'held', 'timed')) ?? 8000;
  const targets = Array.from({ length: mallory.dice.between(20, 60) }, (_, i): NetConnectOpts => {
    const localAddress = `127.0.${mallory.dice.between(1, 9)}.${i + 1}`;
    return { host: '127.0.0.1', port: 80, localAddress, localPort };
  });
  await keep(targets, 'GET / HTTP/1.1\r\nHost: x\r\n', HOLD_MS, mallory);
};

/** Connections to a port: who has them, by /proc/net/tcp. */
const dialledFrom = (port: number): number[] =>
  [...readFileSync('/proc/net/tcp', 'utf8').matchAll(/: 0100007F:(\w{4}) 0100007F:(\w{4}) 01 /g)]
    .filter(([, , remote = '']) => Number.parseInt(remote, 16) === port)
    .map(([, local = '']) => Number.parseInt(local, 16));

/** Has nginx dial a worker, and dials it too, from the same port on another address. */
export const twins: Deed = async mallory => {
  http.get('http://localhost/timed?delay=1500', { agent: false }).on('error', () => {});
  await hold(200, mallory);
  const targets = servingPorts('timed').flatMap(port =>
    dialledFrom(port).map((localPort): NetConnectOpts => {
      return { host: '127.0.0.1', port, localAddress: '127.0.0.9', localPort };
    }),
  );
  if (targets.length > 0) mallory.loot.done('a twin of a connection of nginx');
  await keep(targets, '', HOLD_MS, mallory);
};
