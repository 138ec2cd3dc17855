import { drainHung } from './drain.ts';
import { recordFailure } from './failures.ts';
import { act, type Look, type Member, members, note } from './look.ts';
import { isRunning } from './world.ts';

/** In a panic one instance this often is restarted on trial, ms: a cure that works ends the panic. */
const TRIAL = 60_000;

const hasFallen = (m: Member): boolean => m.memory.phase === 'unhealthy';

/** More than half of several fail together: then the cause is elsewhere, and killing only makes it worse. */
const isPanic = (list: readonly Member[]): boolean =>
  list.length > 1 && list.filter(hasFallen).length * 2 > list.length;

/** Follows whether a majority is unhealthy, Envoy's panic rule. */
export function watchPanic(look: Look): void {
  const panics = isPanic(members(look));
  if (panics === (look.memory.panicSince !== null)) return;
  look.memory.panicSince = panics ? look.now : null;
  note(
    look,
    panics
      ? 'most instances fail together: none is restarted, all keep their traffic'
      : 'the majority is well again',
  );
}

/** The hung worker that is due, if restarts are allowed now. */
function due(look: Look): Member | undefined {
  const { restartAfter } = look.pool.health;
  const busy = Object.values(look.memory.instances).some(m => m.drain?.kind === 'hung');
  const { panicSince, failures } = look.memory;
  const trial = panicSince === null || look.now - Math.max(panicSince, failures.lastAt) >= TRIAL;
  if (restartAfter === 0 || busy || !trial) return undefined;
  return members(look).find(m => hasFallen(m) && m.memory.fails >= restartAfter);
}

/** Replaces at most one hung instance at a time. */
export function replaceHung(look: Look): void {
  const victim = due(look);
  if (!victim) return;
  const reason = `${victim.memory.fails} probes in a row failed (${victim.memory.detail})`;
  // unlike a crash, which systemd has retried by now, a first hang says nothing against the slot
  recordFailure(look, victim.slot, reason, 1);
  drainHung(look, victim.slot, reason);
}

/** Gives up on an instance that does not become healthy in time. */
export function giveUpStarting(look: Look): void {
  const { startTimeout } = look.pool.health;
  for (const { slot, unit, memory } of members(look)) {
    if (memory.phase !== 'starting' || unit.job || look.now - memory.since < startTimeout) continue;
    const reason = `not healthy within ${startTimeout / 1000} s (${memory.detail || 'no probe answered'})`;
    if (isRunning(unit)) recordFailure(look, slot, reason);
    drainHung(look, slot, reason);
    if (!look.live.includes(slot)) act(look, 'stop', slot, reason);
  }
}
