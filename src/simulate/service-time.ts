import { err, ok } from '../base/result.ts';
import { positiveDuration } from '../pool-file/values/spans.ts';
import type { Parse } from '../pool-file/values/values.ts';
import { Random } from './random.ts';

/** How long a worker needs for a request, ms: from the log, fixed, or exponentially distributed. */
type ServiceTime = { kind: 'log' } | { kind: 'fixed'; ms: number } | { kind: 'exp'; mean: number };

/** For requests without a time in the log. */
export const DEFAULT_SERVICE_MS = 50;

/** Parses `50ms`, `log` or `exp:50ms`. */
export const serviceTime: Parse<ServiceTime> = text => {
  if (text === 'log') return ok({ kind: 'log' });
  const [, exp, span = ''] = /^(exp:)?(.*)$/.exec(text) ?? [];
  const parsed = positiveDuration(span);
  if (!parsed.ok) return err(`${parsed.error}, or use log or exp:50ms`);
  return ok(exp ? { kind: 'exp', mean: parsed.value } : { kind: 'fixed', ms: parsed.value });
};

/** `50ms`, `log` or `exp:50ms`. */
export function formatService(time: ServiceTime): string {
  if (time.kind === 'log') return 'log';
  return time.kind === 'fixed' ? `${time.ms}ms` : `exp:${time.mean}ms`;
}

/** Gives the service time of each request. */
export class ServiceTimes {
  /** Requests whose time should be in the log but is not. */
  missing = 0;
  #random = new Random(1);

  constructor(readonly time: ServiceTime) {}

  /** The next request's service time, ms; `took`: its time in the log. */
  next(took: number | null): number {
    if (this.time.kind === 'fixed') return this.time.ms;
    if (this.time.kind === 'exp') return this.#random.exponential(this.time.mean);
    if (took === null) this.missing += 1;
    return took ?? DEFAULT_SERVICE_MS;
  }
}
