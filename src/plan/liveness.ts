import { desired } from './desired.ts';
import { drainHung, drainSlow, inFlight, stuck } from './drain.ts';
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

/** One at a time: the successor of the last one has to prove itself first. */
function isReplacing(look: Look, list: readonly Member[]): boolean {
  const isComing = list.some(m => m.memory.phase === 'starting');
  return isComing || (stuck(look) > 0 && list.length < desired(look));
}

/** The worker that is due to be replaced, if that is allowed now. */
function due(look: Look): Member | undefined {
  const { restartAfter } = look.pool.health;
  const { panicSince, failures } = look.memory;
  const list = members(look);
  const trial = panicSince === null || look.now - Math.max(panicSince, failures.lastAt) >= TRIAL;
  if (restartAfter === 0 || isReplacing(look, list) || !trial) return undefined;
  return list.find(m => hasFallen(m) && m.memory.fails >= restartAfter);
}

/** Replaces at most one instance at a time that answers no probe. */
export function replaceHung(look: Look): void {
  const victim = due(look);
  if (!victim) return;
  const { slot, memory } = victim;
  const reason = `${memory.fails} probes in a row failed (${memory.detail})`;
  if (inFlight(look, slot) !== 0) drainSlow(look, slot, reason);
  else {
    recordFailure(look, slot, reason, 1);
    drainHung(look, slot, reason);
  }
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
