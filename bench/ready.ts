import { readFileSync } from 'node:fs';
import { ask, askPid } from './load.ts';
import { pause, until } from './shell.ts';
import type { Subject } from './subject.ts';

/** Lines of /proc/net/tcp: local address and port in hexadecimal digits, remote ones, state (0A: listening). */
const LISTENS = /: \w+:(\w{4}) \w+:\w{4} 0A /g;

/** How many of the thousand ports from `first` on have a listener. */
function listening(first: number): number {
  const text = readFileSync('/proc/net/tcp', 'utf8');
  const ports = [...text.matchAll(LISTENS)].map(([, hex = '0']) => Number.parseInt(hex, 16));
  return ports.filter(port => port >= first && port < first + 1000).length;
}

/** How often to count listeners and workers. */
const POLL_INTERVAL_MS = 10;

/** The URL of an answer without delay. */
export const quick = (subject: Subject): string => subject.url.replace('delay=5', 'delay=0');

const CONCURRENT_REQUESTS = 4;
/** Pause between batches of requests: the machine should be busy with the start, not with us. */
const BATCH_PAUSE_MS = 150;

/** Sends requests through nginx; adds the pids that answered to `seen`. */
async function askSome(url: string, requests: number, seen: Set<number>): Promise<void> {
  let left = requests;
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      const pid = await askPid(url, 500);
      if (pid !== null) seen.add(pid);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, one));
}

/** Sends requests through nginx until `count` processes have answered. */
async function answered(url: string, count: number, limit: number): Promise<boolean> {
  const seen = new Set<number>();
  const end = performance.now() + limit;
  while (performance.now() < end) {
    const before = seen.size;
    await askSome(url, Math.min(count, 2 * (count - before) + CONCURRENT_REQUESTS), seen);
    if (seen.size >= count) return true;
    if (seen.size - before < CONCURRENT_REQUESTS) await pause(BATCH_PAUSE_MS);
  }
  return false;
}

/**
 * Waits until `count` workers answer through nginx; returns after how many ms, or null. Sends requests only once all
 * listen: by default nginx sends nothing to a server for 10 s after one failure.
 */
export async function ready(subject: Subject, count: number, limit = 60_000): Promise<number | null> {
  const began = performance.now();
  const { first } = subject;
  const isUp = async (): Promise<boolean> =>
    (first === null || listening(first) >= count) && (await subject.workers()).length >= count;
  if ((await until(isUp, limit, POLL_INTERVAL_MS)) === null) return null;
  const rest = limit - (performance.now() - began);
  const isThere =
    first === null
      ? (await until(async () => (await ask(quick(subject))) !== null, rest)) !== null
      : await answered(quick(subject), count, rest);
  return isThere ? performance.now() - began : null;
}
