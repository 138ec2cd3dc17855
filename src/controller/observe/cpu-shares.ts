import type { LoadSample } from '../../model/observed.ts';

/** Shorter times than this say little of a share of CPU time, ms. */
const MIN_INTERVAL_MS = 1_000;

interface Mark {
  at: number;
  usec: number;
  share: number | null;
}

/** The share of one core that each life used of late, for people. */
export class CpuShares {
  #marks = new Map<string, Mark>();

  /** Adds the shares to the samples of one look. */
  add(load: readonly LoadSample[], now: number): LoadSample[] {
    const before = this.#marks;
    this.#marks = new Map();
    return load.map(sample => ({ ...sample, cpu: this.#share(before.get(sample.invocation), sample, now) }));
  }

  #share(before: Mark | undefined, { invocation, cpuUsec }: LoadSample, now: number): number | null {
    if (cpuUsec === null) return null;
    const mark = next(before, cpuUsec, now);
    this.#marks.set(invocation, mark);
    return mark.share;
  }
}

function next(before: Mark | undefined, usec: number, now: number): Mark {
  if (!before || now < before.at) return { at: now, usec, share: null };
  const length = now - before.at;
  return length < MIN_INTERVAL_MS ? before : { at: now, usec, share: (usec - before.usec) / (length * 1000) };
}
