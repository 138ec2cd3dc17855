import { own } from '../pool/own.ts';
import { decide } from '../scale/decide.ts';
import type { Decision } from '../scale/decision.ts';
import type { Signals } from '../scale/signals.ts';
import type { Situation } from '../scale/situation.ts';
import { desired, range } from './desired.ts';
import { type Look, members, remember } from './look.ts';

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
const serving = (look: Look): number =>
  members(look).filter(m => m.memory.phase === 'healthy' || look.live.has(m.slot)).length;

const situationOf = (look: Look): Situation => ({
  now: look.now,
  ready: serving(look),
  from: desired(look),
  ...range(look),
  signals: own(look.world.signals, look.pool.name) ?? unknown,
  activeAt: own(look.world.activeAt, look.pool.name) ?? look.now,
  ceiling: look.world.ceiling,
});

/** Something was known, or there is nothing that could be: without data what is wanted stays as it was, also by hand. */
const isInformed = ({ readings, min }: Decision): boolean =>
  min === 0 || readings.some(r => r.recommends !== null || r.burstRecommends !== null);

/** `scale 2 -> 3: up at once, by cpu` */
export const scaleText = ({ from, to, rule, held }: Decision): string =>
  `scale ${from} -> ${to}: ${rule}${held === null ? '' : `; held by ${held}`}`;

/** At a tick of the timer: what is wanted from now on. */
export function autoscale(look: Look): void {
  if (!look.world.tick || look.memory.stopped || look.standby) return;
  const { decision, state } = decide(look.pool.scale, situationOf(look), look.memory.scaling);
  const { from, to } = decision;
  // the controller tells the journal, with what it was decided on
  if (to !== from) remember(look, scaleText(decision));
  look.decision = decision;
  look.memory.scaling = state;
  if (isInformed(decision)) look.memory.target = to;
}
