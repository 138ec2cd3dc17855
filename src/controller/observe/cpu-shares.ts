import type { LoadSample } from '../../model/observed.ts';

/** Over a shorter time a share of CPU time means little, ms. */
const MIN_INTERVAL_MS = 1_000;

/** The start of an interval, and the share over the one before. */
interface CpuMark {
  at: number;
  usec: number;
  share: number | null;
}

/** The share of one core that each life used lately. */
export class CpuShares {
  #marks = new Map<string, CpuMark>();

  /** Adds the shares to the samples of one pass. */
  add(load: readonly LoadSample[], now: number): LoadSample[] {
    const before = this.#marks;
    this.#marks = new Map();
    return load.map(sample => ({ ...sample, cpu: this.#share(before.get(sample.invocation), sample, now) }));
  }

  #share(before: CpuMark | undefined, { invocation, cpuUsec }: LoadSample, now: number): number | null {
    if (cpuUsec === null) return null;
    const mark = next(before, cpuUsec, now);
    this.#marks.set(invocation, mark);
    return mark.share;
  }
}

function next(before: CpuMark | undefined, usec: number, now: number): CpuMark {
  if (!before || now < before.at) return { at: now, usec, share: null };
  const length = now - before.at;
  return length < MIN_INTERVAL_MS ? before : { at: now, usec, share: (usec - before.usec) / (length * 1000) };
}
