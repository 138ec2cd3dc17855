import { createServer, type Server } from 'node:net';
import { type Deed, hold, statusOf } from '../mallory.ts';

/** Longer than RequestTimeout=, and more than Concurrency= for the largest pool. */
const [COUNT, HOLD_MS] = [60, 5_000];

/** A line of /proc/net/unix, as of a connection to a worker, in the name of a socket of his. */
const nameOf = (path: string, i: number): string =>
  `\0${i}\n0000000000000000: 00000003 00000000 00000000 0001 03 ${70_000 + i} ${path}`;

function listen(name: string): Server {
  return createServer()
    .on('error', () => {})
    .listen(name);
}

/** Lets it look as if many were connected to a worker's socket file, which he cannot dial. */
export const forge: Deed = async mallory => {
  const instances = statusOf().flatMap(pool => pool.instances);
  const files = instances.map(({ endpoint }) => endpoint).filter(endpoint => endpoint.startsWith('unix:'));
  const path = mallory.dice.pick(files)?.replace('unix:', '') ?? '/run/cgipool/sock/1/sock';
  const servers = Array.from({ length: COUNT }, (_, i) => listen(nameOf(path, i)));
  await hold(HOLD_MS, mallory);
  for (const server of servers) server.close();
};
