import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { type Deed, hold, type Mallory, servingPorts } from '../mallory.ts';

const POOLS_WITH_PORTS = ['tcp', 'held', 'timed'];

/** Opens connections, says something in each, and keeps them for a while. */
export async function keep(
  targets: readonly NetConnectOpts[],
  words: string,
  ms: number,
  mallory: Mallory,
): Promise<void> {
  const sockets = targets.map(target => dial(target, words));
  await hold(ms, mallory);
  for (const socket of sockets) socket.destroy();
}

function dial(target: NetConnectOpts, words: string): Socket {
  const socket = connect(target, () => words !== '' && socket.write(words));
  return socket.on('error', () => {}).resume();
}

const ofAnyPort = ({ dice }: Mallory): number => dice.pick(servingPorts(...POOLS_WITH_PORTS)) ?? 8000;

/** Longer than RequestTimeout=, and more than Concurrency= for the largest pool. */
export const idle: Deed = async mallory => {
  const port = ofAnyPort(mallory);
  const count = mallory.dice.between(20, 100);
  const words = mallory.dice.pick(['', 'GET / HTTP/1.1\r\n', 'GET /?delay=9000 HTTP/1.1\r\n\r\n']) ?? '';
  const targets = new Array<NetConnectOpts>(count).fill({ host: '127.0.0.1', port });
  await keep(targets, words, mallory.dice.between(4_000, 6_000), mallory);
};

/** Short connections, one wave after the other. */
export const flood: Deed = async mallory => {
  const port = ofAnyPort(mallory);
  const words = mallory.dice.pick(['', 'GET / HTTP/1.1\r\n\r\n', '\0'.repeat(10_000)]) ?? '';
  const targets = new Array<NetConnectOpts>(30).fill({ host: '127.0.0.1', port });
  for (let waves = mallory.dice.between(5, 15); waves > 0; waves--) await keep(targets, words, 50, mallory);
};
