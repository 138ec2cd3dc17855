import { own } from '../../base/own.ts';
import { decide } from '../../scale/decide.ts';
import type { Decision, Situation } from '../../scale/decision.ts';
import type { Signals } from '../../scale/signals.ts';
import { desired, range } from '../view/desired.ts';
import { serving } from '../view/members.ts';
import { remember } from '../view/notes.ts';
import type { Deciding, View } from '../view/pass.ts';

const UNKNOWN = { value: null, missing: 0 };
const NO_DATA = { stable: UNKNOWN, panic: UNKNOWN };

/** The signals of a pool that was never sampled. */
const unknown: Signals = {
  cpu: NO_DATA,
  concurrency: NO_DATA,
  requests: NO_DATA,
  latency: NO_DATA,
  queue: NO_DATA,
  external: NO_DATA,
  spare: NO_DATA,
};

const situationOf = (pass: View): Situation => ({
  now: pass.now,
  ready: serving(pass).length,
  from: desired(pass),
  ...range(pass),
  signals: own(pass.world.signals, pass.pool.name) ?? unknown,
  activeAt: own(pass.world.activeAt, pass.pool.name) ?? pass.now,
  ceiling: pass.world.ceiling,
});

/** The decision rests on data, or on idleness (Min=0). Otherwise the target stays, also after `cgipool scale`. */
const isInformed = ({ readings, min }: Decision): boolean =>
  min === 0 || readings.some(r => r.recommends !== null || r.burstRecommends !== null);

/** `scale 2 -> 3: cpu calls for more` */
export const scaleText = ({ from, to, rule, held }: Decision): string =>
  `scale ${from} -> ${to}: ${rule}${held === null ? '' : `; held by ${held}`}`;

/** At a tick of the timer: decides the new target. */
export function autoscale(pass: Deciding): Decision | null {
  if (!pass.world.tick || pass.memory.stopped || pass.backup) return null;
  const { decision, state } = decide(pass.pool.scale, situationOf(pass), pass.memory.scaling);
  const { from, to } = decision;
  // no note: the controller logs it with the readings behind it
  if (to !== from) remember(pass, scaleText(decision));
  pass.memory.scaling = state;
  if (isInformed(decision)) pass.memory.target = to;
  return decision;
}
