import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { garble, Random } from '../../garble.ts';

/*
 * Sends changed requests to the targets of its input, side by side, for so many seconds. Prints how many, and how many were answered.
 * The bytes of a text are its characters.
 */

/** Where changed requests go. */
export interface Target {
  pool: string;
  address: { host: string; port: number } | { path: string };
  /** Over TLS, as HTTP/2. */
  isTls?: boolean;
  /** The requests to change. */
  seeds: readonly string[];
}

export interface Mutations {
  seconds: number;
  seed: number;
  /** To each target. */
  perSecond: number;
  targets: readonly Target[];
}

export interface Hits {
  pool: string;
  sent: number;
  answered: number;
}

/** The longest wait for an answer, ms: a request that is not whole gets none. */
const PATIENCE_MS = 1000;

const dial = ({ address, isTls }: Target): Socket =>
  isTls
    ? connectTls({ ...address, ALPNProtocols: ['h2'], rejectUnauthorized: false })
    : connect({ ...address, allowHalfOpen: true });

/** Sends a text in two pieces and ends; returns whether anything came back. */
async function hit(target: Target, sent: Buffer, at: number): Promise<boolean> {
  const socket = dial(target);
  let isAnswered = false;
  socket.on('data', () => {
    isAnswered = true;
  });
  socket.on('error', () => {});
  socket.write(sent.subarray(0, at));
  socket.end(sent.subarray(at));
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  await Promise.race([closed, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
  socket.destroy();
  return isAnswered;
}

/** One in three is sent as it is: after more changes hardly any request of a binary protocol is read to its end. */
const make = (seeds: readonly string[], random: Random): string =>
  random.below(3) === 0 ? random.pick(seeds) : garble(seeds, random);

/** Attacks a target at a steady rate, or more slowly when it answers slowly. */
async function attack(target: Target, seed: number, { seconds, perSecond }: Mutations): Promise<Hits> {
  const random = new Random(seed);
  const hits = { pool: target.pool, sent: 0, answered: 0 };
  const end = performance.now() + seconds * 1000;
  for (
    let next = performance.now();
    next < end;
    next = Math.max(next + 1000 / perSecond, performance.now())
  ) {
    await setTimeout(Math.max(0, next - performance.now()));
    const sent = Buffer.from(make(target.seeds, random), 'latin1');
    hits.sent++;
    if (await hit(target, sent, random.below(sent.length + 1))) hits.answered++;
  }
  return hits;
}

const mutations = JSON.parse(await text(process.stdin)) as Mutations;
const { targets, seed } = mutations;
console.log(
  JSON.stringify(await Promise.all(targets.map((target, i) => attack(target, seed + i, mutations)))),
);
