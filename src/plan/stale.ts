import type { Look, Member } from './look.ts';
import type { Unit } from './world.ts';

/** Started before a moment. One that is still to come, since the clock was set back, would make every new one old, too. */
const isOlder = ({ startedAt }: Unit, moment: number, now: number): boolean =>
  startedAt > 0 && startedAt < moment && moment <= now;

/** An instance that runs an older unit text than the installed one. */
export const isOutdated = (look: Look, { unit }: Pick<Member, 'unit'>): boolean =>
  isOlder(unit, look.changedAt, look.now);

/**
 * An instance that is to be replaced, however well it does: outdated, on a slot that the pool has no more, worn, or
 * because `cgipool restart` said so.
 */
export function isStale(look: Look, { unit }: Pick<Member, 'unit'>): boolean {
  const restarted = isOlder(unit, look.memory.restartedAt, look.now);
  const worn = (look.memory.instances[unit.slot]?.worn ?? null) !== null;
  const retired = look.retired.includes(unit.slot);
  return restarted || retired || worn || isOutdated(look, { unit });
}
