import { type Member, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';

export const isUnhealthy = (m: Member): boolean => m.memory.phase === 'unhealthy';

/** If more than half fail together, the cause lies elsewhere and restarts make it worse: Envoy's panic threshold. */
const isOutage = (list: readonly Member[]): boolean =>
  list.length > 1 && list.filter(isUnhealthy).length * 2 > list.length;

/** What `cgipool why` and status say during an outage. */
export const OUTAGE_TEXT = 'most instances fail together: restarts are held back, all keep their traffic';

/** Tracks whether most instances are unhealthy. */
export function watchOutage(pass: Learning): void {
  const isOut = isOutage(members(pass));
  if (isOut === (pass.memory.outageSince !== null)) return;
  pass.memory.outageSince = isOut ? pass.now : null;
  note(pass, isOut ? OUTAGE_TEXT : 'most instances no longer fail');
}
