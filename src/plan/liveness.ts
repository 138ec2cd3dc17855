import { desired } from './desired.ts';
import { drainHung, drainSlow, stuck } from './drain.ts';
import { recordFailure, recordHang } from './failures.ts';
import { type Look, type Member, members, note } from './look.ts';
import { isRunning } from './world.ts';

/** In a panic one instance this often is restarted on trial, ms: a cure that works ends the panic. */
const TRIAL = 60_000;

/** As many as systemd's own limit has, which counts only the deaths of 10 s; a slower loop is ended here. */
const STILLBORN = 5;

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

/** As many as Restarts= says, and the successors of the last ones have to prove themselves first. */
function isReplacing(look: Look, list: readonly Member[]): boolean {
  const coming = list.filter(m => m.memory.phase === 'starting').length;
  const missing = Math.max(0, desired(look) - list.length);
  return coming + Math.min(stuck(look), missing) >= look.pool.health.restarts;
}

/** In a panic the cause is elsewhere: then a restart is only tried now and then. */
function mayRestart(look: Look, list: readonly Member[]): boolean {
  const { panicSince, failures } = look.memory;
  const trial = panicSince === null || look.now - Math.max(panicSince, failures.lastAt) >= TRIAL;
  return trial && !isReplacing(look, list);
}

/** For how long an instance has held the oldest request that it accepted, ms; null when it holds none. */
const heldFor = (look: Look, slot: number): number | null => look.samples.get(slot)?.oldest ?? null;

/** Takes out an instance that has nothing worth waiting for. */
function replaceNow(look: Look, slot: number, reason: string): void {
  recordHang(look, slot, reason);
  drainHung(look, slot, reason);
}

/** Replaces instances that answer no probe, as many at a time as Restarts= says. */
export function replaceHung(look: Look): void {
  const { restartAfter } = look.pool.health;
  const list = members(look);
  if (restartAfter === 0 || !mayRestart(look, list)) return;
  const victim = list.find(m => hasFallen(m) && m.memory.fails >= restartAfter);
  if (!victim) return;
  const { slot, memory } = victim;
  const reason = `${memory.fails} probes in a row failed (${memory.detail})`;
  // one that accepted a request may only be slow; one that accepts none hangs, however many wait for it
  if (heldFor(look, slot) === null) replaceNow(look, slot, reason);
  else drainSlow(look, slot, reason);
}

/** Replaces instances that hold a request for longer than RequestTimeout= allows, whatever their probes say. */
export function replaceStuck(look: Look): void {
  const { requestTimeout } = look.pool.health;
  if (requestTimeout === null || !mayRestart(look, members(look))) return;
  const held = (slot: number): number => heldFor(look, slot) ?? 0;
  const victim = members(look).find(m => held(m.slot) > requestTimeout);
  if (!victim) return;
  const [is, may] = [held(victim.slot), requestTimeout].map(ms => `${Math.round(ms / 100) / 10} s`);
  replaceNow(look, victim.slot, `it has held a request for ${is} (RequestTimeout=${may})`);
}

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
