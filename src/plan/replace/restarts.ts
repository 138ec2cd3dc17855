import { isComing } from '../state/instance.ts';
import { desired } from '../view/desired.ts';
import type { Member } from '../view/members.ts';
import type { View } from '../view/pass.ts';
import { stuck } from './drain.ts';

/** During an outage one instance is restarted on trial this often, ms: if restarts help, they end the outage. */
const TRIAL_INTERVAL_MS = 60_000;

/** Restarts= instances are being replaced: the next one waits until their successors are healthy. */
function isReplacing(pass: View, list: readonly Member[]): boolean {
  const coming = list.filter(m => isComing(m.memory)).length;
  const missing = Math.max(0, desired(pass) - list.length);
  return coming + Math.min(stuck(pass), missing) >= pass.pool.health.restarts;
}

/** During an outage the cause lies elsewhere: a restart is only tried now and then. */
export function mayRestart(pass: View, list: readonly Member[]): boolean {
  const { outageSince, failures } = pass.memory;
  const isDue =
    outageSince === null || pass.now - Math.max(outageSince, failures.lastAt) >= TRIAL_INTERVAL_MS;
  return isDue && !isReplacing(pass, list);
}
