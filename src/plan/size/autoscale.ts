import { own } from '../../base/own.ts';
import { decide } from '../../scale/decide.ts';
import type { Decision, Situation } from '../../scale/decision.ts';
import type { Signals } from '../../scale/signals.ts';
import { desired, range } from '../view/desired.ts';
import { members } from '../view/members.ts';
import { remember } from '../view/notes.ts';
import type { Deciding, View } from '../view/pass.ts';

const NO_DATA = { stable: null, panic: null };

/** What is known of a pool that was never sampled. */
const unknown: Signals = {
  cpu: NO_DATA,
  concurrency: NO_DATA,
  requests: NO_DATA,
  latency: NO_DATA,
  queue: NO_DATA,
  external: NO_DATA,
  spare: NO_DATA,
};

/** Those that requests go to: the healthy, and in a panic all that nginx still sends to, or load would never count. */
const serving = (pass: View): number =>
  members(pass).filter(m => m.memory.phase === 'healthy' || pass.live.has(m.slot)).length;

const situationOf = (pass: View): Situation => ({
  now: pass.now,
  ready: serving(pass),
  from: desired(pass),
  ...range(pass),
  signals: own(pass.world.signals, pass.pool.name) ?? unknown,
  activeAt: own(pass.world.activeAt, pass.pool.name) ?? pass.now,
  ceiling: pass.world.ceiling,
});

/** Something was known, or there is nothing that could be: without data what is wanted stays as it was, also by hand. */
const isInformed = ({ readings, min }: Decision): boolean =>
  min === 0 || readings.some(r => r.recommends !== null || r.burstRecommends !== null);

/** `scale 2 -> 3: cpu calls for more` */
export const scaleText = ({ from, to, rule, held }: Decision): string =>
  `scale ${from} -> ${to}: ${rule}${held === null ? '' : `; held by ${held}`}`;

/** At a tick of the timer: what is wanted from now on. */
export function autoscale(pass: Deciding): Decision | null {
  if (!pass.world.tick || pass.memory.stopped || pass.backup) return null;
  const { decision, state } = decide(pass.pool.scale, situationOf(pass), pass.memory.scaling);
  const { from, to } = decision;
  // the controller tells the journal, with what it was decided on
  if (to !== from) remember(pass, scaleText(decision));
  pass.memory.scaling = state;
  if (isInformed(decision)) pass.memory.target = to;
  return decision;
}
