import { own } from '../../base/own.ts';
import { WAKE_SLOT } from '../../model/names.ts';
import { isRunning } from '../../model/observed.ts';
import type { Live, Routing, Weights } from '../../model/routing.ts';
import { isRouted } from '../../model/traits.ts';
import { mayWait } from '../size/wake.ts';
import { isComing } from '../state/instance.ts';
import { desired } from '../view/desired.ts';
import { healthy, type Member, members } from '../view/members.ts';
import type { View } from '../view/pass.ts';
import { mayServe } from '../view/slots.ts';

/** A worker that systemd is restarting is back sooner than two reloads, ms. */
const RESTART_GRACE_MS = 1_000;

const sorted = (list: readonly Member[]): number[] => list.map(m => m.slot).sort((a, b) => a - b);

/** The healthy; in a panic all that run and once served, where nobody stands by for them. */
function ready(pass: View, isBacked: boolean): Member[] {
  const panics = pass.memory.outageSince !== null && !isBacked;
  return members(pass).filter(
    ({ unit, memory }) =>
      memory.phase === 'healthy' || (panics && memory.phase === 'unhealthy' && isRunning(unit)),
  );
}

/** Rather than too few, for a moment: whom nginx sends to already and systemd has just restarted. */
const restarting = (pass: View): Member[] =>
  members(pass).filter(
    ({ slot, memory }) =>
      pass.live.has(slot) && isComing(memory) && pass.now - memory.since < RESTART_GRACE_MS,
  );

/** The slots that nginx should send to. `isBacked`: healthy ones stand by for them. */
export function wantedSlots(pass: View, isBacked = false): number[] {
  if (!isRouted(pass.pool)) return [];
  const list = ready(pass, isBacked).filter(m => mayServe(pass, m.slot));
  // when half of them die at once, those left should not bear it all, nor should the death of one more leave nobody: nginx
  // passes over a dead one, but not over a queue
  const isFew = 2 * list.length <= desired(pass);
  const slots = sorted(isFew ? [...list, ...restarting(pass)] : list);
  return slots.length === 0 && mayWait(pass) ? [WAKE_SLOT] : slots;
}

const byNumber = (a: number, b: number): number => a - b;

const hasHealthyBackup = (pass: View): boolean => pass.backup && healthy(members(pass)).length > 0;

/** Where nginx should send what, of all tiers of a pool together. */
export function routingOf(passes: readonly View[]): Routing {
  const live: Live = {};
  const weights: Weights = {};
  const backed = new Set(passes.filter(hasHealthyBackup).map(pass => pass.pool.name));
  for (const pass of passes) {
    const { name } = pass.pool;
    const slots = wantedSlots(pass, backed.has(name) && !pass.backup);
    live[name] = [...(own(live, name) ?? []), ...slots].sort(byNumber);
    if (Object.keys(pass.memory.weighing.weights).length > 0) weights[name] = pass.memory.weighing.weights;
  }
  return { live, weights };
}
