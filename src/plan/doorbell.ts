import type { InstalledPool } from '../pool/installed.ts';
import { DOORBELL, endpoint } from '../pool/names.ts';
import { own } from '../pool/own.ts';
import { maySleep } from '../pool/sleep.ts';
import type { Action } from './action.ts';
import { desired } from './desired.ts';
import { healthy, type Look, members, note } from './look.ts';
import type { Doorbell, World } from './world.ts';

/** The pool's doorbell as systemd has it; undefined where it has none. */
export const doorbell = ({ world, pool }: Look): Doorbell | undefined =>
  world.doorbells.find(bell => bell.pool === pool.name);

/** Requests may wait there: rather than be refused, where nobody is to be had. */
export const mayWait = (look: Look): boolean =>
  maySleep(look.pool) && !look.memory.stopped && doorbell(look)?.listening === true;

/** A request waits at the doorbell: at once, whether or not the timer runs. */
export function wake(look: Look): void {
  if (!doorbell(look)?.rung || look.memory.stopped) return;
  look.memory.scaling = { ...look.memory.scaling, activeAt: look.now };
  if (desired(look) > 0) return;
  look.memory.target = 1;
  note(look, 'scale 0 -> 1: a request waits');
}

/** Has systemd hold the socket of a pool that may sleep. */
export function hangDoorbell(look: Look): void {
  const bell = doorbell(look);
  if (!maySleep(look.pool) || bell?.listening || bell?.job) return;
  look.actions.push({ kind: 'hang', pool: look.pool.name, reason: 'it may sleep, and a request wakes it' });
}

/** Has systemd close the sockets of pools that sleep no more, once nginx sends there no longer. */
export function takeDownDoorbells(
  pools: readonly InstalledPool[],
  { doorbells, published, publishing }: World,
): Action[] {
  const sleepers = new Set(pools.filter(({ pool }) => maySleep(pool)).map(({ pool }) => pool.name));
  const isIdle = ({ pool, listening, job }: Doorbell): boolean =>
    listening && !job && !publishing && !own(published?.live, pool)?.includes(DOORBELL);
  return doorbells
    .filter(bell => !sleepers.has(bell.pool) && isIdle(bell))
    .map(({ pool }) => ({ kind: 'takeDown', pool, reason: 'its pool does not sleep' }));
}

/** What to dial in the pool, for whoever waits at its doorbell. */
export function awakeOf(look: Look): [string, string | null][] {
  const { pool } = look;
  if (!maySleep(pool)) return [];
  const [first] = healthy(members(look))
    .map(m => m.slot)
    .sort((a, b) => a - b);
  return [[pool.name, first === undefined ? null : endpoint(pool, first).replace(/^unix:/, '')]];
}
