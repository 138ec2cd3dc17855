import type { Directive, Pool } from '../../model/pool.ts';
import { duration } from '../values/spans.ts';

/** As systemd has it, where 0 is no limit, ms. Null: systemd's default, or a span that it may refuse. */
function limitOf(value: string): number | null {
  if (value === 'infinity') return Number.POSITIVE_INFINITY;
  const span = duration(value);
  if (!span.ok) return null;
  return span.value === 0 ? Number.POSITIVE_INFINITY : span.value;
}

/** A warning for a start that may take longer by systemd's limit than by the pool's. */
export function lateStart({
  health: { startTimeout },
  service,
}: {
  health: Pick<Pool['health'], 'startTimeout'>;
  service: Pool['service'];
}): { line: number; message: string }[] {
  // the last assignment of a directive wins
  const last = service.findLast(({ key }: Directive) => key === 'TimeoutStartSec');
  const limit = last ? limitOf(last.value) : null;
  return last && limit !== null && limit > startTimeout
    ? [
        {
          line: last.line,
          message: `TimeoutStartSec=${last.value} is longer than StartTimeout=${startTimeout / 1000}s, after which the instance is given up: raise StartTimeout=`,
        },
      ]
    : [];
}
