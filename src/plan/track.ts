import { recordDeath } from './deaths.ts';
import { ending } from './ending.ts';
import { recordFailure } from './failures.ts';
import { judge } from './health.ts';
import { amend, type Look, note } from './look.ts';
import { type InstanceMemory, isComing, newInstance } from './memory.ts';
import { isQueued, isRunning, type Unit } from './world.ts';

const hasDied = (unit: Unit, before: InstanceMemory): boolean =>
  before.invocation !== '' && unit.restarts > before.restarts;

function newLife(look: Look, unit: Unit, before: InstanceMemory | undefined): InstanceMemory {
  const born = look.pool.health.probe === 'none' && isRunning(unit);
  const again = before !== undefined && before.phase === 'starting' && hasDied(unit, before);
  return {
    ...newInstance(unit.invocation, unit.restarts, look.now),
    phase: born ? 'healthy' : 'starting',
    stillborn: again ? before.stillborn + 1 : 0,
    drain: before?.drain ?? null,
  };
}

function noteRestart(look: Look, unit: Unit, before: InstanceMemory): void {
  if (hasDied(unit, before)) recordDeath(look, unit.slot);
}

function trackFailed(look: Look, unit: Unit): void {
  const before = look.memory.instances[unit.slot];
  delete look.memory.instances[unit.slot];
  // a worker may answer our own stop with any exit status
  if (before && !before.drain && !unit.job) recordFailure(look, unit.slot, ending(unit));
}

/** Between two lives nothing is known of its health, but its drain goes on. */
function trackLife(look: Look, unit: Unit): void {
  const before = look.memory.instances[unit.slot];
  const sameLife = before?.invocation === unit.invocation && (isRunning(unit) || isComing(before));
  if (before && !sameLife) noteRestart(look, unit, before);
  if (sameLife) settle(look, unit, before);
  else look.memory.instances[unit.slot] = newLife(look, unit, before);
}

/** Without a probe, running is healthy. */
function settle(look: Look, unit: Unit, memory: InstanceMemory): void {
  if (look.pool.health.probe === 'none' && isRunning(unit) && memory.phase === 'starting')
    amend(look, unit.slot, { phase: 'healthy', since: look.now });
}

/** Follows each unit of the pool from life to life. */
export function track(look: Look): void {
  for (const slot of Object.keys(look.memory.instances).map(Number))
    if (!look.units.has(slot)) delete look.memory.instances[slot];
  for (const unit of look.units.values()) {
    if (isQueued(unit)) continue;
    if (unit.active === 'failed') trackFailed(look, unit);
    else if (unit.active === 'inactive') delete look.memory.instances[unit.slot];
    else trackLife(look, unit);
  }
}

/** What a fresh controller finds behind nginx was found healthy by the one before it. */
export function adopt(look: Look): void {
  for (const slot of look.live)
    if (look.memory.instances[slot]?.phase === 'starting') amend(look, slot, { phase: 'healthy' });
}

/** Notes who ended a connection, and who got requests, since the last look. */
export function follow(look: Look): void {
  for (const { pool, slot, invocation, ended, requests } of look.world.load) {
    const known = pool === look.pool.name ? look.memory.instances[slot] : undefined;
    if (known?.invocation !== invocation) continue;
    if (ended) amend(look, slot, { endedAt: look.now });
    if (requests) amend(look, slot, { requests: known.requests + requests });
  }
}

/** Lets the probes since the last look speak. */
export function hear(look: Look): void {
  for (const outcome of look.world.probes) {
    const before = outcome.pool === look.pool.name ? look.memory.instances[outcome.slot] : undefined;
    if (!before) continue;
    const after = judge(before, outcome, look.pool.health, look.now);
    look.memory.instances[outcome.slot] = after;
    if (after.phase !== before.phase) note(look, `slot ${outcome.slot} is ${after.phase}: ${outcome.detail}`);
  }
}
