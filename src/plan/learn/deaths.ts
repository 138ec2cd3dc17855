import { note } from '../view/notes.ts';
import type { Learning, View } from '../view/pass.ts';

/** This many deaths within the window, ms, make a problem. Faster crash loops meet systemd's start limit first. */
const MAX_DEATHS = 10;
const DEATH_WINDOW_MS = 120_000;

const recent = (pass: View, slot: number): number[] =>
  (pass.memory.deaths[slot] ?? []).filter(at => pass.now - at < DEATH_WINDOW_MS);

/** Records that a worker died and systemd restarted it. */
export function recordDeath(pass: Learning, slot: number): void {
  pass.memory.deaths[slot] = [...recent(pass, slot), pass.now].slice(-MAX_DEATHS);
  note(pass, `slot ${slot} died; systemd restarted it`);
}

/** Slots whose workers keep dying, although systemd restarts them each time and the units never fail. */
export const dying = (pass: View): number[] =>
  Object.keys(pass.memory.deaths)
    .map(Number)
    .filter(slot => recent(pass, slot).length >= MAX_DEATHS && !pass.memory.slotFailures[slot]);
