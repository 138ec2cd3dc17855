import type { Unit } from '../../model/observed.ts';
import type { Member } from './members.ts';
import type { View } from './pass.ts';

/**
 * Started before a moment. After the clock was set back the moment may be in the future, which would make all stale.
 */
const isOlder = ({ startedAt }: Unit, moment: number, now: number): boolean =>
  startedAt > 0 && startedAt < moment && moment <= now;

/** It runs an older revision than the installed one. */
export const isOutdated = (pass: View, { unit }: Pick<Member, 'unit'>): boolean =>
  isOlder(unit, pass.revision, pass.now);

/**
 * It is to be replaced however well it is: outdated, on a retired slot, recycled, or because of `cgipool restart`.
 */
export function isStale(pass: View, { unit }: Pick<Member, 'unit'>): boolean {
  const restarted = isOlder(unit, pass.memory.restartedAt, pass.now);
  const recycled = (pass.memory.instances[unit.slot]?.recycleReason ?? null) !== null;
  const retired = pass.retired.includes(unit.slot);
  return restarted || retired || recycled || isOutdated(pass, { unit });
}
