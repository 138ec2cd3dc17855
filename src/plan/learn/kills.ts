import { note } from '../view/notes.ts';
import type { Learning, View } from '../view/pass.ts';

const HOUR_MS = 3_600_000;
/** More of them say nothing more. */
const MAX_KILLS = 100;

/** When stops of the last hour ended with SIGKILL. */
export const killsOf = ({ memory, now }: View): number[] => memory.kills.filter(at => now - at < HOUR_MS);

/** Records that a stop ended with SIGKILL: the worker did not end within TimeoutStopSec=. */
export function recordKill(pass: Learning, slot: number): void {
  pass.memory.kills = [...killsOf(pass), pass.now].slice(-MAX_KILLS);
  note(pass, `slot ${slot} was killed, as it did not stop in time (TimeoutStopSec=)`);
}
