import { isPausing, isRunning, type Unit } from '../../model/observed.ts';
import { isNotifying } from '../../model/traits.ts';
import { ending } from '../learn/exit-reason.ts';
import { recordEnd, recordFailure } from '../learn/failures.ts';
import { livedFor } from '../state/instance.ts';
import { type Member, members } from '../view/members.ts';
import type { Replacing } from '../view/pass.ts';
import { freeSlots } from '../view/slots.ts';
import { stepOf } from '../view/steps.ts';
import { drainHung } from './drain.ts';

/** As many as systemd's start limit, which only counts the starts of the last 10 s; this ends slower crash loops. */
const MAX_FAILED_STARTS = 5;

/** A worker that died is usually back before, ms: see RESTART_GRACE_MS. */
const RESTART_MS = 1_000;

/** It runs, and no probe has failed since its time was over: the next one decides. The last one may be long ago on a busy machine. */
const isPromising = ({ unit, memory }: Member, deadline: number): boolean =>
  isRunning(unit) && (memory.fails === 0 || memory.failedAt < deadline);

/** Another slot serves before systemd restarts it. Without one it keeps the wait that RestartSec= says. */
const isOutrun = (pass: Replacing, { memory }: Member): boolean =>
  pass.now - (memory.pausedAt ?? pass.now) >= RESTART_MS &&
  pass.memory.failures.until <= pass.now &&
  freeSlots(pass).length > 0;

/** Why it takes too long, or null. */
function lateReason({ pool, now, samples }: Replacing, member: Member): string | null {
  const { memory, unit, slot } = member;
  const { startTimeout } = pool.health;
  // systemd may have started two hundred others first
  const began = Math.max(memory.since, Math.min(unit.startedAt, now));
  // what it waited for a CPU is not its own time
  const deadline = began + startTimeout + (samples.get(slot)?.stalled ?? 0);
  if (now < deadline || isPromising(member, deadline)) return null;
  return `not healthy within ${startTimeout / 1000} s (${stepOf(unit) ?? (memory.detail || 'no probe answered')})`;
}

/** Why to give up on a starting instance, or null: it takes too long, or keeps dying. */
function giveUpReason(pass: Replacing, member: Member): string | null {
  const { memory, unit } = member;
  if (memory.failedStarts >= MAX_FAILED_STARTS)
    return `it died ${memory.failedStarts} times in a row before it was healthy`;
  if (isPausing(unit)) return isOutrun(pass, member) ? `${ending(unit)}; ${stepOf(unit)}` : null;
  return lateReason(pass, member);
}

/**
 * What it is at takes as long as the pool's own lines have it take. Before systemd comes to its start, and until the program is
 * executed (Type=exec), it waits for systemd, which may have two hundred others to start.
 */
const isUnderWay = ({ pool }: Replacing, { job, active, sub }: Unit): boolean =>
  !job || (active === 'activating' && (sub !== 'start' || isNotifying(pool)));

/** Gives up on instances that do not become healthy. */
export function giveUpStarting(pass: Replacing): void {
  for (const member of members(pass)) {
    const { slot, unit, memory } = member;
    if (memory.phase !== 'starting' || !isUnderWay(pass, unit)) continue;
    const reason = giveUpReason(pass, member);
    if (reason === null) continue;
    if (isPausing(unit)) recordEnd(pass, slot, reason, livedFor(memory, pass.now));
    else recordFailure(pass, slot, reason);
    drainHung(pass, slot, reason);
  }
}
