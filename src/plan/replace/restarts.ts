import { isComing } from '../state/instance.ts';
import { desired } from '../view/desired.ts';
import type { Member } from '../view/members.ts';
import type { View } from '../view/pass.ts';
import { stuck } from './drain.ts';

/** In a panic one instance this often is restarted on trial, ms: a cure that works ends the panic. */
const TRIAL_INTERVAL_MS = 60_000;

/** As many as Restarts= says, and the successors of the last ones have to prove themselves first. */
function isReplacing(pass: View, list: readonly Member[]): boolean {
  const coming = list.filter(m => isComing(m.memory)).length;
  const missing = Math.max(0, desired(pass) - list.length);
  return coming + Math.min(stuck(pass), missing) >= pass.pool.health.restarts;
}

/** In a panic the cause is elsewhere: then a restart is only tried now and then. */
export function mayRestart(pass: View, list: readonly Member[]): boolean {
  const { outageSince, failures } = pass.memory;
  const trial =
    outageSince === null || pass.now - Math.max(outageSince, failures.lastAt) >= TRIAL_INTERVAL_MS;
  return trial && !isReplacing(pass, list);
}
