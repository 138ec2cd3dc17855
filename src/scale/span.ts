import type { Average, InstanceSample, RequestStats, Sample } from './signals.ts';

/** Measurements between two samples; all but `requests` are means over that time. */
export interface MeterSpan {
  /** When it ended and how long it was, ms. */
  at: number;
  length: number;
  cpu: Average;
  concurrency: Average;
  queue: Average;
  spare: Average;
  external: Average;
  requests: RequestStats | null;
  /** Connections that ended. */
  ended: number;
}

/** The metrics that are means. */
export type Mean = 'cpu' | 'concurrency' | 'queue' | 'spare' | 'external';

/** Of no numbers: 0. */
export const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** The sum over the instances whose value is known, and the number of the others. */
function total(
  instances: readonly InstanceSample[],
  of: (instance: InstanceSample) => number | null,
): Average {
  const known = instances.map(of).filter(value => value !== null);
  return { value: known.length > 0 ? sum(known) : null, missing: instances.length - known.length };
}

/** An average that lacks no instance. */
export const whole = (value: number | null): Average => ({ value, missing: 0 });

/** Whether requests go to it. */
export const serves = (instance: InstanceSample): boolean => instance.serves;

/** What happened between two samples; `length`: ms. */
export function spanOf(before: Sample, sample: Sample, length: number): MeterSpan {
  const { external, requests, ended, at } = sample;
  const serving = sample.instances.filter(serves);
  return {
    at,
    length,
    cpu: usedCpu(before.instances, serving, length),
    concurrency: total(serving, i => i.connections),
    queue: total(serving, i => i.waiting),
    spare: total(serving, i => (i.connections === null ? null : Math.min(1, i.connections))),
    external: whole(external),
    requests,
    ended,
  };
}

/** Cores used by the instances that served through the whole span; others count from the next sample on. */
function usedCpu(
  before: readonly InstanceSample[],
  after: readonly InstanceSample[],
  length: number,
): Average {
  const marks = new Map(before.filter(serves).map(({ invocation, cpuUsec }) => [invocation, cpuUsec]));
  return total(
    after.filter(({ invocation }) => marks.has(invocation)),
    ({ invocation, cpuUsec }) => {
      const from = marks.get(invocation) ?? null;
      return from === null || cpuUsec === null ? null : (cpuUsec - from) / (length * 1000);
    },
  );
}
