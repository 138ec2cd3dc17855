import { socketPath } from '../../model/names.ts';
import { isRunning } from '../../model/observed.ts';
import { type Member, members } from '../view/members.ts';
import { amend } from '../view/notes.ts';
import type { Replacing } from '../view/pass.ts';
import { drainHung, drainSlow, inFlight } from './drain.ts';

const GONE = 'its socket file is gone';

/** It was found well, and nobody can find it any more. */
const isLost = (pass: Replacing, { slot, unit, memory }: Member): boolean =>
  memory.phase === 'healthy' &&
  isRunning(unit) &&
  !unit.job &&
  !pass.world.socketFiles.has(socketPath(pass.pool.name, slot));

/** Replaces instances whose socket file somebody removed, as a cleaner of files: no client reaches them, however well they are. */
export function replaceVanished(pass: Replacing): void {
  if (pass.pool.listen !== 'unix') return;
  for (const member of members(pass).filter(each => isLost(pass, each))) {
    const { slot } = member;
    // unpublished at once, like an unhealthy one
    amend(pass, slot, { phase: 'unhealthy', since: pass.now, oks: 0, detail: GONE });
    if (inFlight(pass, slot) === 0) drainHung(pass, slot, GONE);
    else drainSlow(pass, slot, GONE);
  }
}
