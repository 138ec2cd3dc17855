import { recordFailure } from '../learn/failures.ts';
import { members } from '../view/members.ts';
import { amend } from '../view/notes.ts';
import type { Replacing } from '../view/pass.ts';
import { strangerAt } from '../view/slots.ts';
import { drainHung } from './drain.ts';

/**
 * Drops instances in whose place another program listens, whatever their probes say: that program may answer them too.
 * Their slots back off, and others take over.
 */
export function dropImpersonated(pass: Replacing): void {
  for (const { slot } of members(pass)) {
    const stranger = strangerAt(pass, slot);
    if (stranger === null) continue;
    const reason = `${stranger} listens on its port`;
    recordFailure(pass, slot, reason);
    // unpublished at once, like an unhealthy one: see isUrgent
    amend(pass, slot, { phase: 'unhealthy', since: pass.now, oks: 0, detail: reason });
    drainHung(pass, slot, reason);
  }
}
