import { isPausing, isQueued, isRunning, type Unit } from '../../model/observed.ts';
import { restartsAlways } from '../../model/traits.ts';
import { type InstanceMemory, isComing, livedFor } from '../state/instance.ts';
import { newInstance } from '../state/memory.ts';
import { failedNeeds } from '../view/needs.ts';
import { amend } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';
import { listens } from '../view/slots.ts';
import { forgetDeaths, recordDeath } from './deaths.ts';
import { ending } from './exit-reason.ts';
import { recordEnd, recordFailure, recordRefusal } from './failures.ts';
import { recordKill } from './kills.ts';

const hasDied = (unit: Unit, before: InstanceMemory): boolean =>
  before.invocation !== '' && unit.restarts > before.restarts;

/** Without a probe, an instance that runs and listens is healthy. */
const isUp = (pass: Learning, unit: Unit): boolean =>
  pass.pool.health.probe === 'none' && isRunning(unit) && listens(pass, unit.slot);

function newLife(pass: Learning, unit: Unit, before: InstanceMemory | undefined): InstanceMemory {
  const isSame = before?.invocation === unit.invocation;
  const hasFailedStart = before?.phase === 'starting' && before.lived === 0 && hasDied(unit, before);
  return {
    ...newInstance(unit.invocation, unit.restarts, pass.now),
    lived: before && isSame ? livedFor(before, pass.now) : 0,
    phase: isUp(pass, unit) ? 'healthy' : 'starting',
    failedStarts: hasFailedStart ? before.failedStarts + 1 : 0,
    drain: before?.drain ?? null,
  };
}

/** What died before somebody started the instance anew says nothing of it. A life that ends is no other yet. */
function noteLife(pass: Learning, unit: Unit, before: InstanceMemory | undefined): void {
  if (before?.invocation === unit.invocation) return;
  if (before && hasDied(unit, before)) recordDeath(pass, unit.slot);
  else forgetDeaths(pass, unit.slot);
}

function trackFailed(pass: Learning, unit: Unit): void {
  const before = pass.memory.instances[unit.slot];
  delete pass.memory.instances[unit.slot];
  // a worker may exit with any status when we stop it
  if (before?.drain && unit.result === 'timeout') recordKill(pass, unit.slot);
  if (before && !before.drain && !unit.job)
    recordEnd(pass, unit.slot, ending(unit), livedFor(before, pass.now));
}

/** A new life starts with unknown health; a drain carries over. */
function trackLife(pass: Learning, unit: Unit): void {
  const before = pass.memory.instances[unit.slot];
  const sameLife = before?.invocation === unit.invocation && (isRunning(unit) || isComing(before));
  if (!sameLife) noteLife(pass, unit, before);
  if (sameLife) settle(pass, unit, before);
  else pass.memory.instances[unit.slot] = newLife(pass, unit, before);
  const pausedAt = isPausing(unit) ? (before?.pausedAt ?? pass.now) : null;
  if (pausedAt !== pass.memory.instances[unit.slot]?.pausedAt) amend(pass, unit.slot, { pausedAt });
}

function settle(pass: Learning, unit: Unit, memory: InstanceMemory): void {
  if (memory.phase === 'starting' && isUp(pass, unit))
    amend(pass, unit.slot, { phase: 'healthy', since: pass.now });
}

/** A start of it was asked for, and it has not run since. */
const neverRan = ({ memory }: Learning, slot: number): boolean =>
  memory.instances[slot]?.invocation === '' && !memory.instances[slot]?.drain;

const ENDED = 'it ended with success, or somebody stopped it, and Restart= does not restart it';

/** It does not run. A start that led to nothing is a failure, or it would be tried at every pass. */
function trackNone(pass: Learning, slot: number): void {
  const isFailure = neverRan(pass, slot);
  const before = pass.memory.instances[slot];
  delete pass.memory.instances[slot];
  if (isFailure) recordFailure(pass, slot, cancelled(pass));
  else if (before && !before.drain && !restartsAlways(pass.pool))
    recordEnd(pass, slot, ENDED, livedFor(before, pass.now));
}

/** StartTimeout= begins when systemd comes to the start. */
function trackQueued(pass: Learning, slot: number): void {
  if (neverRan(pass, slot)) amend(pass, slot, { since: pass.now });
}

const CANCELLED =
  'systemd cancelled its start, or a condition did not hold (ExecCondition=, or Condition...= of [Unit])';

function cancelled(pass: Learning): string {
  const failed = failedNeeds(pass);
  return failed.length > 0 ? `it requires ${failed.join(', ')}, which failed` : CANCELLED;
}

/** Follows each unit of the pool from life to life. */
export function trackLives(pass: Learning): void {
  for (const slot of Object.keys(pass.memory.instances).map(Number))
    if (!pass.units.has(slot)) trackNone(pass, slot);
  for (const unit of pass.units.values()) {
    if (isQueued(unit)) trackQueued(pass, unit.slot);
    else if (unit.active === 'failed') trackFailed(pass, unit);
    else if (unit.active === 'inactive') trackNone(pass, unit.slot);
    else trackLife(pass, unit);
  }
}

/** Counts starts that systemd refused, as of a unit that is masked: another slot takes over. Others are tried again. */
export function countFailedStarts(pass: Learning): void {
  for (const { pool, slot, message } of pass.world.failedStarts) {
    if (pool !== pass.pool.name || !pass.memory.instances[slot]) continue;
    // one that was to be restarted runs on
    if (neverRan(pass, slot)) delete pass.memory.instances[slot];
    if (message !== null) recordRefusal(pass, slot, message);
  }
}

/** What nginx already serves when a controller without memory starts was found healthy by its predecessor. */
export function adoptPublished(pass: Learning): void {
  if (pass.hasHistory) return;
  for (const slot of pass.live)
    if (pass.memory.instances[slot]?.phase === 'starting') amend(pass, slot, { phase: 'healthy' });
}

/** Records which instances ended requests since the last pass, and how many. A kept connection ends none. */
export function applyTraffic(pass: Learning): void {
  for (const { pool, slot, invocation, ended, requests } of pass.world.load) {
    const known = pool === pass.pool.name ? pass.memory.instances[slot] : undefined;
    if (known?.invocation !== invocation) continue;
    if (ended || requests) amend(pass, slot, { endedAt: pass.now });
    if (requests) amend(pass, slot, { requests: known.requests + requests });
  }
}
