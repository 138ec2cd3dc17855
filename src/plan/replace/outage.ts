import { isComing } from '../state/instance.ts';
import { desired } from '../view/desired.ts';
import { type Member, members, note, type Pass } from '../view/pass.ts';
import { stuck } from './drain.ts';

/** In a panic one instance this often is restarted on trial, ms: a cure that works ends the panic. */
const TRIAL_INTERVAL_MS = 60_000;

/** So many of its probes failed that nginx shall not send to it. */
export const hasFallen = (m: Member): boolean => m.memory.phase === 'unhealthy';

/** More than half of several fail together: then the cause is elsewhere, and killing only makes it worse. */
const isPanic = (list: readonly Member[]): boolean =>
  list.length > 1 && list.filter(hasFallen).length * 2 > list.length;

/** Follows whether a majority is unhealthy, Envoy's panic rule. */
export function watchOutage(pass: Pass): void {
  const panics = isPanic(members(pass));
  if (panics === (pass.memory.outageSince !== null)) return;
  pass.memory.outageSince = panics ? pass.now : null;
  note(
    pass,
    panics
      ? 'most instances fail together: none is restarted, all keep their traffic'
      : 'the majority is well again',
  );
}

/** As many as Restarts= says, and the successors of the last ones have to prove themselves first. */
function isReplacing(pass: Pass, list: readonly Member[]): boolean {
  const coming = list.filter(m => isComing(m.memory)).length;
  const missing = Math.max(0, desired(pass) - list.length);
  return coming + Math.min(stuck(pass), missing) >= pass.pool.health.restarts;
}

/** In a panic the cause is elsewhere: then a restart is only tried now and then. */
export function mayRestart(pass: Pass, list: readonly Member[]): boolean {
  const { outageSince, failures } = pass.memory;
  const trial =
    outageSince === null || pass.now - Math.max(outageSince, failures.lastAt) >= TRIAL_INTERVAL_MS;
  return trial && !isReplacing(pass, list);
}
