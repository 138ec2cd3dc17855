import type { Unit } from '../../model/observed.ts';
import type { Member } from './members.ts';
import type { View } from './pass.ts';

/** Started before a moment. One that is still to come, since the clock was set back, would make every new one old, too. */
const isOlder = ({ startedAt }: Unit, moment: number, now: number): boolean =>
  startedAt > 0 && startedAt < moment && moment <= now;

/** An instance that runs an older unit text than the installed one. */
export const isOutdated = (pass: View, { unit }: Pick<Member, 'unit'>): boolean =>
  isOlder(unit, pass.revision, pass.now);

/**
 * An instance that is to be replaced, however well it does: outdated, on a slot that the pool has no more, recycleReason, or
 * because `cgipool restart` said so.
 */
export function isStale(pass: View, { unit }: Pick<Member, 'unit'>): boolean {
  const restarted = isOlder(unit, pass.memory.restartedAt, pass.now);
  const recycleReason = (pass.memory.instances[unit.slot]?.recycleReason ?? null) !== null;
  const retired = pass.retired.includes(unit.slot);
  return restarted || retired || recycleReason || isOutdated(pass, { unit });
}
