import { own } from '../../base/own.ts';
import { WAKE_SLOT } from '../../model/names.ts';
import { isRunning } from '../../model/observed.ts';
import type { Live, Routing } from '../../model/routing.ts';
import { isRouted } from '../../model/traits.ts';
import type { Action } from '../action.ts';
import { mayWait } from '../size/wake.ts';
import { isComing } from '../state/instance.ts';
import type { PublishMemory } from '../state/memory.ts';
import { desired } from '../view/desired.ts';
import { type Member, members, type Pass } from '../view/pass.ts';
import { mayServe } from '../view/slots.ts';
import type { World } from '../world.ts';
import { dueAt, settleFor, spend } from './spacing.ts';

/** A worker that systemd is restarting is back sooner than two reloads, ms. */
const RESTART_GRACE_MS = 1_000;

const sorted = (list: readonly Member[]): number[] => list.map(m => m.slot).sort((a, b) => a - b);

/** The healthy; in a panic all that run and once served, where nobody stands by for them. */
function ready(pass: Pass, isBacked: boolean): Member[] {
  const panics = pass.memory.outageSince !== null && !isBacked;
  return members(pass).filter(
    ({ unit, memory }) =>
      memory.phase === 'healthy' || (panics && memory.phase === 'unhealthy' && isRunning(unit)),
  );
}

/** Rather than too few, for a moment: whom nginx sends to already and systemd has just restarted. */
const restarting = (pass: Pass): Member[] =>
  members(pass).filter(
    ({ slot, memory }) =>
      pass.live.has(slot) && isComing(memory) && pass.now - memory.since < RESTART_GRACE_MS,
  );

/** The slots that nginx should send to. `isBacked`: healthy ones stand by for them. */
export function wantedSlots(pass: Pass, isBacked = false): number[] {
  if (!isRouted(pass.pool)) return [];
  const list = ready(pass, isBacked).filter(m => mayServe(pass, m.slot));
  // when half of them die at once, those left should not bear it all, nor should the death of one more leave nobody: nginx
  // passes over a dead one, but not over a queue
  const isFew = 2 * list.length <= desired(pass);
  const slots = sorted(isFew ? [...list, ...restarting(pass)] : list);
  return slots.length === 0 && mayWait(pass) ? [WAKE_SLOT] : slots;
}

const sameSlots = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
  a.length === b.length && a.every((slot, i) => slot === b[i]);

/** Pools whose live slots differ. */
export const differing = (wanted: Live, live: Live): string[] =>
  [...new Set([...Object.keys(wanted), ...Object.keys(live)])].filter(
    p => !sameSlots(own(wanted, p), own(live, p)),
  );

/** Slots that nginx does not send to have no weight, and what has none has that of the others. */
const weightsOf = ({ live, weights }: Routing, pool: string): string =>
  (own(live, pool) ?? []).map(slot => own(weights, pool)?.[slot] ?? 10).join(' ');

/** Pools whose live slots or their weights differ. */
function changed(wanted: Routing, now: Routing): string[] {
  const slots = differing(wanted.live, now.live);
  const weighed = Object.keys(wanted.live).filter(
    pool => !slots.includes(pool) && weightsOf(wanted, pool) !== weightsOf(now, pool),
  );
  return [...slots, ...weighed];
}

const describe = (pools: readonly string[], wanted: Live): string =>
  pools.map(p => `${p}: ${own(wanted, p)?.join(' ') || 'none'}`).join('; ') || 'the last attempt failed';

/** After an error not even when the slots are the same: what failed may have been a new route. */
const isSettled = (world: World, wanted: Routing): boolean =>
  world.published !== null && world.published.error === null && changed(wanted, world.published).length === 0;

/** The last ask came to nothing: refused, failed or died on the way. */
const hasFailed = (memory: PublishMemory, world: World): boolean =>
  memory.generation > (world.published?.generation ?? 0);

export interface PublishStep {
  memory: PublishMemory;
  action: Action | null;
  /** Reconcile again at this time, or null. */
  wakeAt: number | null;
}

/** Some are about to serve: what they change is soon known. */
const isMoving = ({ memory }: Pass): boolean =>
  Object.values(memory.instances).some(m => isComing(m) && !m.drain);

/** nginx sends to one that answers nothing, and is to leave it alone. */
const isUrgent = ({ live, memory, pool }: Pass, wanted: Live): boolean =>
  [...live].some(
    slot => memory.instances[slot]?.phase === 'unhealthy' && !own(wanted, pool.name)?.includes(slot),
  );

/** Whether to wait for more changes, which the instances that start will bring. */
export const settles = (passes: readonly Pass[], { live }: Routing): boolean =>
  passes.some(isMoving) && !passes.some(pass => isUrgent(pass, live));

/**
 * Asks for a new generation when the wanted set differs, for long enough where more is about to change, and no publish is
 * under way.
 */
export function publish(
  before: PublishMemory,
  world: World,
  wanted: Routing,
  isSettling: boolean,
  now: number,
): PublishStep {
  // a new wish is tried at once, whatever became of the last one
  const isNews = differing(wanted.live, before.asked).length > 0;
  const memory = { ...before, failures: hasFailed(before, world) && !isNews ? before.failures : 0 };
  if (isSettled(world, wanted))
    return { memory: { ...memory, differsSince: null, failures: 0 }, action: null, wakeAt: null };
  const differsSince = memory.differsSince ?? now;
  if (world.publishing) return { memory: { ...memory, differsSince }, action: null, wakeAt: null };
  const due = dueAt(memory, differsSince, settleFor(world, isSettling), now);
  if (now < due) return { memory: { ...memory, differsSince }, action: null, wakeAt: due };
  return ask({ ...memory, differsSince }, world, wanted, now);
}

function ask(memory: PublishMemory, world: World, wanted: Routing, now: number): PublishStep {
  // the time makes it differ from what an earlier boot published
  const generation = Math.max(memory.generation, world.published?.generation ?? 0, now - 1) + 1;
  const failures = hasFailed(memory, world) ? memory.failures + 1 : 0;
  const reason = describe(changed(wanted, world.published ?? { live: {}, weights: {} }), wanted.live);
  return {
    memory: {
      ...memory,
      generation,
      failures,
      askedAt: now,
      spentUntil: spend(memory, now),
      asked: wanted.live,
    },
    action: { kind: 'publish', generation, ...wanted, reason },
    wakeAt: null,
  };
}
