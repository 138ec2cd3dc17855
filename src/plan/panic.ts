import { desired } from './desired.ts';
import { stuck } from './drain.ts';
import { type Look, type Member, members, note } from './look.ts';
import { isComing } from './memory.ts';

/** In a panic one instance this often is restarted on trial, ms: a cure that works ends the panic. */
const TRIAL = 60_000;

/** So many of its probes failed that nginx shall not send to it. */
export const hasFallen = (m: Member): boolean => m.memory.phase === 'unhealthy';

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
  const coming = list.filter(m => isComing(m.memory)).length;
  const missing = Math.max(0, desired(look) - list.length);
  return coming + Math.min(stuck(look), missing) >= look.pool.health.restarts;
}

/** In a panic the cause is elsewhere: then a restart is only tried now and then. */
export function mayRestart(look: Look, list: readonly Member[]): boolean {
  const { panicSince, failures } = look.memory;
  const trial = panicSince === null || look.now - Math.max(panicSince, failures.lastAt) >= TRIAL;
  return trial && !isReplacing(look, list);
}
