import { own } from '../../base/own.ts';
import type { Live, Routing } from '../../model/routing.ts';
import type { Action } from '../action.ts';
import { isComing } from '../state/instance.ts';
import type { PublishMemory } from '../state/memory.ts';
import type { View } from '../view/pass.ts';
import type { World } from '../world.ts';
import { dueAt, settleFor, spend } from './spacing.ts';

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
const isMoving = ({ memory }: View): boolean =>
  Object.values(memory.instances).some(m => isComing(m) && !m.drain);

/** nginx sends to one that answers nothing, and is to leave it alone. */
const isUrgent = ({ live, memory, pool }: View, wanted: Live): boolean =>
  [...live].some(
    slot => memory.instances[slot]?.phase === 'unhealthy' && !own(wanted, pool.name)?.includes(slot),
  );

/** Whether to wait for more changes, which the instances that start will bring. */
export const settles = (passes: readonly View[], { live }: Routing): boolean =>
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
