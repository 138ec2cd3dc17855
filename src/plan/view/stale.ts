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

/** A rollout is to replace it: it is outdated, on a retired slot, or older than `cgipool restart`. */
export function isOld(pass: View, { unit }: Pick<Member, 'unit'>): boolean {
  const restarted = isOlder(unit, pass.memory.restartedAt, pass.now);
  return restarted || pass.retired.includes(unit.slot) || isOutdated(pass, { unit });
}

/** It is to be replaced however well it is: by a rollout, or because it is recycled. */
export function isStale(pass: View, { unit }: Pick<Member, 'unit'>): boolean {
  const recycled = (pass.memory.instances[unit.slot]?.recycleReason ?? null) !== null;
  return recycled || isOld(pass, { unit });
}
