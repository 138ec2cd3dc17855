import { own } from '../../base/own.ts';
import { isComplete, type Live, type Routing } from '../../model/routing.ts';
import type { Action } from '../action.ts';
import { isComing } from '../state/instance.ts';
import type { PublishMemory } from '../state/memory.ts';
import type { View } from '../view/pass.ts';
import type { World } from '../world.ts';
import { dueAt, longestRetry, type Settling, settleFor, spend } from './spacing.ts';

const sameSlots = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
  a.length === b.length && a.every((slot, i) => slot === b[i]);

/** Pools whose live slots differ. */
const differing = (wanted: Live, live: Live): string[] =>
  [...new Set([...Object.keys(wanted), ...Object.keys(live)])].filter(
    p => !sameSlots(own(wanted, p), own(live, p)),
  );

/** The weights of the live slots; 10 is the default. */
const weightText = ({ live, weights }: Routing, pool: string): string =>
  (own(live, pool) ?? []).map(slot => own(weights, pool)?.[slot] ?? 10).join(' ');

/** Pools whose live slots or their weights differ. */
function changed(wanted: Routing, now: Routing): string[] {
  const slots = differing(wanted.live, now.live);
  const weighed = Object.keys(wanted.live).filter(
    pool => !slots.includes(pool) && weightText(wanted, pool) !== weightText(now, pool),
  );
  return [...slots, ...weighed];
}

const reasonFor = (pools: readonly string[], wanted: Live, { nginx }: World): string =>
  pools.map(p => `${p}: ${own(wanted, p)?.join(' ') || 'none'}`).join('; ') ||
  (nginx === 'failed' ? 'nginx.service has failed' : 'the last attempt failed');

/** nginx serves all of the wanted set. Otherwise a publish is due even for the same slots: a new route may be missing. */
const isSettled = ({ published, nginx }: World, wanted: Routing): boolean =>
  published !== null &&
  isComplete(published) &&
  changed(wanted, published).length === 0 &&
  // the publish step starts it once its configuration loads
  nginx !== 'failed';

/** The last request was refused, failed, or its step died. */
const hasFailed = (memory: PublishMemory, world: World): boolean =>
  memory.generation > (world.published?.generation ?? 0);

interface PublishStep {
  memory: PublishMemory;
  action: Action | null;
  /** Reconcile again at this time, or null. */
  wakeAt: number | null;
}

/** Instances are starting: they will soon change the wanted set. */
const isMoving = ({ memory }: View): boolean =>
  Object.values(memory.instances).some(m => isComing(m) && !m.drain);

/** nginx sends to an unhealthy instance that is no longer wanted. */
const isUrgent = ({ live, memory, pool }: View, wanted: Live): boolean =>
  [...live].some(
    slot => memory.instances[slot]?.phase === 'unhealthy' && !own(wanted, pool.name)?.includes(slot),
  );

/** It would get its first instance. */
const isFirst = ({ live, pool }: View, wanted: Live): boolean =>
  live.size === 0 && (own(wanted, pool.name)?.length ?? 0) > 0;

/** What to wait for before a publish. `isCrowded`: instances wait for their turn to start. */
export function settlingOf(passes: readonly View[], { live }: Routing, isCrowded: boolean): Settling {
  if (!passes.some(isMoving) || passes.some(pass => isUrgent(pass, live))) return 'nothing';
  return isCrowded && !passes.some(pass => isFirst(pass, live)) ? 'turns' : 'starts';
}

/**
 * Requests a new generation if the wanted set differs from the published one, has settled, and no publish is running.
 */
export function publish(
  before: PublishMemory,
  world: World,
  wanted: Routing,
  settling: Settling,
  now: number,
): PublishStep {
  // a new set is tried at once, even after failures
  const isNews = differing(wanted.live, before.asked).length > 0;
  const memory = { ...before, failures: hasFailed(before, world) && !isNews ? before.failures : 0 };
  if (isSettled(world, wanted))
    return { memory: { ...memory, differsSince: null, failures: 0 }, action: null, wakeAt: null };
  const differsSince = memory.differsSince ?? now;
  if (world.publishing) return { memory: { ...memory, differsSince }, action: null, wakeAt: null };
  const due = dueAt(memory, differsSince, settleFor(world, settling), longestRetry(world), now);
  if (now < due) return { memory: { ...memory, differsSince }, action: null, wakeAt: due };
  return request({ ...memory, differsSince }, world, wanted, now);
}

function request(memory: PublishMemory, world: World, wanted: Routing, now: number): PublishStep {
  // the publish step makes the first one of a boot greater than any before
  const generation = Math.max(memory.generation, world.published?.generation ?? 0) + 1;
  const failures = hasFailed(memory, world) ? memory.failures + 1 : 0;
  const present = world.published ?? { live: {}, weights: {} };
  const reason = reasonFor(changed(wanted, present), wanted.live, world);
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
