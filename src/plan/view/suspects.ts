import { unitName } from '../../model/names.ts';
import { isComing } from '../state/instance.ts';
import { type Member, members } from './members.ts';
import type { View } from './pass.ts';

/** Most workers are up by then, ms. */
const LATE_MS = 2_000;
/** What made a start fail can be seen for this long, ms: later looks would cost more than they tell. */
const TRACE_MS = 3_000;

/** It does not come up, or has just come up and was not looked at. */
const isSuspect = ({ now }: View, { memory }: Member): boolean =>
  isComing(memory)
    ? memory.failedStarts > 0 || now - memory.since >= LATE_MS
    : memory.phase === 'healthy' && memory.shell === null;

const justFailed = ({ memory, now }: View): number[] =>
  Object.entries(memory.slotFailures)
    .filter(([, { lastAt }]) => now - lastAt < TRACE_MS)
    .map(([slot]) => Number(slot));

/** The units of which the next pass should see more than their state. */
export function suspectsOf(pass: View): string[] {
  const slots = members(pass)
    .filter(member => isSuspect(pass, member))
    .map(({ slot }) => slot);
  return [...slots, ...justFailed(pass)].map(slot => unitName(pass.pool.name, slot));
}
