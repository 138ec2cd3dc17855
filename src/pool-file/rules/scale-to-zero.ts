import type { Sections } from '../sections.ts';
import type { Rule } from './rule.ts';

/** Why the pool cannot be without an instance; null: it can. */
export function sleepless({ pool, nginx }: Pick<Sections, 'pool' | 'nginx'>): string | null {
  if (pool.values.Protocol === 'tcp')
    return 'Min=0 cannot be used with Protocol=tcp, which has no requests: set at least 1';
  return nginx.lineOf('Backup') > 0
    ? 'Min=0 cannot be used with Backup=, whose instances always run: set at least 1'
    : null;
}

/** Schedules have the same rule. */
export const sleeping: Rule = read => {
  const message = read.pool.values.Min === 0 ? sleepless(read) : null;
  return message === null ? null : { line: read.pool.lineOf('Min'), message };
};
