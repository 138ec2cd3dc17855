import { readFileSync } from 'node:fs';
import { ask, askPid } from './load.ts';
import { pause, until } from './shell.ts';
import type { Subject } from './subject.ts';

/** Lines of /proc/net/tcp: local address and port in hexadecimal digits, remote ones, state (0A: it listens). */
const LISTENS = /: \w+:(\w{4}) \w+:\w{4} 0A /g;

/** How many ports of the thousand from `first` on have a listener. */
function listening(first: number): number {
  const text = readFileSync('/proc/net/tcp', 'utf8');
  const ports = [...text.matchAll(LISTENS)].map(([, hex = '0']) => Number.parseInt(hex, 16));
  return ports.filter(port => port >= first && port < first + 1000).length;
}

/** How often it is looked who is there, ms. */
const LOOK = 10;

/** The URL of an answer at once. */
export const quick = (subject: Subject): string => subject.url.replace('delay=5', 'delay=0');

/** Questions at a time. */
const ASKING = 4;
/** From one round of questions to the next, ms: the machine is to be busy with the start, not with us. */
const REST = 150;

/** Some questions through nginx; adds who answered. */
async function askSome(url: string, questions: number, seen: Set<number>): Promise<void> {
  let left = questions;
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      const pid = await askPid(url, 500);
      if (pid !== null) seen.add(pid);
    }
  };
  await Promise.all(Array.from({ length: ASKING }, one));
}

/** Asks through nginx until so many processes have answered. */
async function answered(url: string, count: number, limit: number): Promise<boolean> {
  const seen = new Set<number>();
  const end = performance.now() + limit;
  while (performance.now() < end) {
    const before = seen.size;
    await askSome(url, Math.min(count, 2 * (count - before) + ASKING), seen);
    if (seen.size >= count) return true;
    if (seen.size - before < ASKING) await pause(REST);
  }
  return false;
}

/**
 * Awaits that so many workers answer through nginx; after how many ms, or null. nginx is asked only when all listen:
 * with its defaults it leaves a server alone for 10 s after a question that came too soon.
 */
export async function ready(subject: Subject, count: number, limit = 60_000): Promise<number | null> {
  const began = performance.now();
  const { first } = subject;
  const isUp = async (): Promise<boolean> =>
    (first === null || listening(first) >= count) && (await subject.workers()).length >= count;
  if ((await until(isUp, limit, LOOK)) === null) return null;
  const rest = limit - (performance.now() - began);
  const isThere =
    first === null
      ? (await until(async () => (await ask(quick(subject))) !== null, rest)) !== null
      : await answered(quick(subject), count, rest);
  return isThere ? performance.now() - began : null;
}
