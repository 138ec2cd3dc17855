import { type Look, note } from './look.ts';

/** So many deaths within so long, ms, are no accident. One that dies more often meets systemd's start limit. */
const MANY = 10;
const OF_LATE = 120_000;

const recent = (look: Look, slot: number): number[] =>
  (look.memory.deaths[slot] ?? []).filter(at => look.now - at < OF_LATE);

/** Remembers that a worker died and that systemd restarted it. */
export function recordDeath(look: Look, slot: number): void {
  look.memory.deaths[slot] = [...recent(look, slot), look.now].slice(-MANY);
  note(look, `slot ${slot} died and systemd restarted it`);
}

/** Slots whose workers die again and again, though they come back each time and never fail for good. */
export const dying = (look: Look): number[] =>
  Object.keys(look.memory.deaths)
    .map(Number)
    .filter(slot => recent(look, slot).length >= MANY && !look.memory.slotFailures[slot]);
