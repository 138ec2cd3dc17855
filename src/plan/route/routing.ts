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

/** A worker that systemd restarts is usually back sooner than two reloads would take, ms. */
const RESTART_GRACE_MS = 1_000;

const sorted = (list: readonly Member[]): number[] => list.map(m => m.slot).sort((a, b) => a - b);

/** Healthy instances; during an outage without healthy backups also the unhealthy ones that run. */
function ready(pass: View, hasBackup: boolean): Member[] {
  const isOut = pass.memory.outageSince !== null && !hasBackup;
  return members(pass).filter(
    ({ unit, memory }) =>
      memory.phase === 'healthy' || (isOut && memory.phase === 'unhealthy' && isRunning(unit)),
  );
}

/** Published instances that systemd has just restarted. */
const restarting = (pass: View): Member[] =>
  members(pass).filter(
    ({ slot, memory }) =>
      pass.live.has(slot) && isComing(memory) && pass.now - memory.since < RESTART_GRACE_MS,
  );

/** The slots that nginx should send to. `hasBackup`: the pool has a healthy backup. */
function wantedSlots(pass: View, hasBackup = false): number[] {
  if (!isRouted(pass.pool)) return [];
  const list = ready(pass, hasBackup).filter(m => mayServe(pass, m.slot));
  // when half of them die at once, the restarting ones stay published, lest the few that are left get all requests, or
  // die too and leave none: nginx skips a dead instance
  const isFew = 2 * list.length <= desired(pass);
  const slots = sorted(isFew ? [...list, ...restarting(pass)] : list);
  return slots.length === 0 && mayWait(pass) ? [WAKE_SLOT] : slots;
}

const byNumber = (a: number, b: number): number => a - b;

const hasHealthyBackup = (pass: View): boolean => pass.backup && healthy(members(pass)).length > 0;

/** The routing that nginx should have, the tiers of each pool together. */
export function routingOf(passes: readonly View[]): Routing {
  const live: Live = {};
  const weights: Weights = {};
  const withBackup = new Set(passes.filter(hasHealthyBackup).map(pass => pass.pool.name));
  for (const pass of passes) {
    const { name } = pass.pool;
    const slots = wantedSlots(pass, withBackup.has(name) && !pass.backup);
    live[name] = [...(own(live, name) ?? []), ...slots].sort(byNumber);
    if (Object.keys(pass.memory.weighing.weights).length > 0) weights[name] = pass.memory.weighing.weights;
  }
  return { live, weights };
}
