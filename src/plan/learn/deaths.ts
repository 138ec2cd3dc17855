import { note } from '../view/notes.ts';
import type { Learning, View } from '../view/pass.ts';

/** So many deaths within so long, ms, are no accident. One that dies more often meets systemd's start limit. */
const MAX_DEATHS = 10;
const DEATH_WINDOW_MS = 120_000;

const recent = (pass: View, slot: number): number[] =>
  (pass.memory.deaths[slot] ?? []).filter(at => pass.now - at < DEATH_WINDOW_MS);

/** Remembers that a worker died and that systemd restarted it. */
export function recordDeath(pass: Learning, slot: number): void {
  pass.memory.deaths[slot] = [...recent(pass, slot), pass.now].slice(-MAX_DEATHS);
  note(pass, `slot ${slot} died and systemd restarted it`);
}

/** Slots whose workers die again and again, though they come back each time and never fail for good. */
export const dying = (pass: View): number[] =>
  Object.keys(pass.memory.deaths)
    .map(Number)
    .filter(slot => recent(pass, slot).length >= MAX_DEATHS && !pass.memory.slotFailures[slot]);
