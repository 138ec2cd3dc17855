import { note } from '../view/notes.ts';
import type { Learning, View } from '../view/pass.ts';

/** This many deaths within the window, ms, make a problem. Faster crash loops meet systemd's start limit first. */
const MAX_DEATHS = 10;
const DEATH_WINDOW_MS = 120_000;
/** A worker is well that lives so many times as long as the longest life before it. */
const CURED_AFTER = 2;

const recent = (pass: View, slot: number): number[] =>
  (pass.memory.deaths[slot] ?? []).filter(at => pass.now - at < DEATH_WINDOW_MS);

/** Records that a worker died and systemd restarted it. */
export function recordDeath(pass: Learning, slot: number): void {
  pass.memory.deaths[slot] = [...recent(pass, slot), pass.now].slice(-MAX_DEATHS);
  note(pass, `slot ${slot} died; systemd restarted it`);
}

export function forgetDeaths({ memory }: Learning, slot: number): void {
  delete memory.deaths[slot];
}

/** The present worker has not yet outlived those before it. The factor allows for their spread. */
function isYoung({ now }: View, deaths: readonly number[]): boolean {
  const lives = deaths.slice(1).map((at, i) => at - (deaths[i] ?? at));
  return now - (deaths.at(-1) ?? 0) < CURED_AFTER * Math.max(...lives);
}

const isDying = (pass: View, deaths: readonly number[]): boolean =>
  deaths.length >= MAX_DEATHS && isYoung(pass, deaths);

/** Slots whose workers keep dying, although systemd restarts them each time and the units never fail. */
export const dying = (pass: View): number[] =>
  Object.keys(pass.memory.deaths)
    .map(Number)
    .filter(slot => isDying(pass, recent(pass, slot)) && !pass.memory.slotFailures[slot]);
