import type { Look, Member } from './look.ts';

/** An instance that runs an older unit text than the installed one. */
export const isOutdated = (look: Look, { unit }: Pick<Member, 'unit'>): boolean =>
  unit.startedAt > 0 && unit.startedAt < look.changedAt;

/**
 * An instance that is to be replaced, however well it does: outdated, on a slot that the pool has no more, worn, or
 * because `cgipool restart` said so.
 */
export function isStale(look: Look, { unit }: Pick<Member, 'unit'>): boolean {
  const restarted = unit.startedAt > 0 && unit.startedAt < look.memory.restartedAt;
  const worn = (look.memory.instances[unit.slot]?.worn ?? null) !== null;
  const retired = look.retired.includes(unit.slot);
  return restarted || retired || worn || isOutdated(look, { unit });
}
