import type { Sections } from '../sections.ts';
import type { CombinationRule } from './rule.ts';

/** Why the pool cannot scale to zero; null: it can. */
export function reasonAgainstZero({ pool, nginx }: Pick<Sections, 'pool' | 'nginx'>): string | null {
  if (pool.values.Protocol === 'tcp')
    return 'Min=0 cannot be used with Protocol=tcp, which has no requests: set at least 1';
  return nginx.lineOf('Backup') > 0
    ? 'Min=0 cannot be used with Backup=, whose instances always run: set at least 1'
    : null;
}

/** For Min= of [Pool]; Min= of a schedule is checked where schedules are read. */
export const minZeroUnsupported: CombinationRule = sections => {
  const { pool } = sections;
  const message = pool.values.Min === 0 ? reasonAgainstZero(sections) : null;
  return message === null ? null : { line: pool.lineOf('Min'), message };
};
