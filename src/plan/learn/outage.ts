import { type Member, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';

/** So many of its probes failed that nginx shall not send to it. */
export const hasFallen = (m: Member): boolean => m.memory.phase === 'unhealthy';

/** More than half of several fail together: then the cause is elsewhere, and killing only makes it worse. */
const isPanic = (list: readonly Member[]): boolean =>
  list.length > 1 && list.filter(hasFallen).length * 2 > list.length;

/** Follows whether a majority is unhealthy, Envoy's panic rule. */
export function watchOutage(pass: Learning): void {
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
