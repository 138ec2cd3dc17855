import { drainHung } from './drain.ts';
import { recordFailure } from './failures.ts';
import { type Look, type Member, members } from './look.ts';
import { isRunning } from './world.ts';

/** As many as systemd's own limit has, which counts only the deaths of 10 s; a slower loop is ended here. */
const STILLBORN = 5;

/** It runs, and no probe has failed of late: it lacks a probe more, or whoever makes them is late. */
const isPromising = ({ unit, memory }: Member): boolean => isRunning(unit) && memory.fails === 0;

/** Why a starting instance is given up, or null: it takes too long, or begins again and again. */
function hopeless({ pool, now }: Look, member: Member): string | null {
  const { memory, unit } = member;
  const { startTimeout } = pool.health;
  if (memory.stillborn >= STILLBORN)
    return `it died ${memory.stillborn} times in a row before it was healthy`;
  // systemd may have had two hundred to start before it
  const began = Math.max(memory.since, Math.min(unit.startedAt, now));
  if (now - began < startTimeout || isPromising(member)) return null;
  return `not healthy within ${startTimeout / 1000} s (${memory.detail || 'no probe answered'})`;
}

/** Gives up on an instance that does not become healthy. */
export function giveUpStarting(look: Look): void {
  for (const member of members(look)) {
    const { slot, unit, memory } = member;
    const reason = memory.phase === 'starting' && !unit.job ? hopeless(look, member) : null;
    if (reason === null) continue;
    if (isRunning(unit)) recordFailure(look, slot, reason);
    drainHung(look, slot, reason);
  }
}
