import { setTimeout } from 'node:timers/promises';
import type { Machine } from '../../tools/machine/machine.ts';

/** What the controller takes. */
export interface Footprint {
  /** Resident memory, the median over half a minute, MB. */
  memory: number;
  /** Open files. */
  files: number;
}

const [SAMPLES, EVERY_MS] = [16, 2_000];
/** By so much a footprint may grow. */
const GROWTH = 0.1;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** Measures it while the work goes on. */
export async function footprint(m: Machine): Promise<Footprint> {
  const [memory, files]: [number[], number[]] = [[], []];
  for (let i = 0; i < SAMPLES; i++) {
    const said = await m.run(
      "p=$(systemctl show -P MainPID cgipool.service); awk '/^VmRSS/ {print $2}' /proc/$p/status; ls /proc/$p/fd | wc -l",
    );
    const [kilobytes = 0, open = 0] = said.split('\n').map(Number);
    memory.push(kilobytes / 1024);
    files.push(open);
    await setTimeout(EVERY_MS);
  }
  return { memory: Math.round(median(memory)), files: median(files) };
}

/** What has grown by more than it may. */
export const grown = (before: Footprint, after: Footprint): string[] =>
  (['memory', 'files'] as const)
    .filter(what => after[what] > (1 + GROWTH) * before[what])
    .map(what => `the controller's ${what} grew from ${before[what]} to ${after[what]}`);
