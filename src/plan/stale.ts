import type { Look, Member } from './look.ts';

/** An instance that runs an older unit text than the installed one, or that `cgipool restart` is to replace. */
export const isStale = (look: Look, { unit }: Pick<Member, 'unit'>): boolean =>
  unit.startedAt > 0 && unit.startedAt < Math.max(look.changedAt, look.memory.restartedAt);
