import { own } from '../../base/own.ts';
import type { InstalledPool } from '../../model/installed.ts';
import { endpoint, WAKE_SLOT } from '../../model/names.ts';
import type { WakeSocket } from '../../model/observed.ts';
import { maySleep } from '../../model/traits.ts';
import type { Action } from '../action.ts';
import { desired } from '../view/desired.ts';
import { healthy, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Deciding, Filling, View } from '../view/pass.ts';
import type { World } from '../world.ts';

/** The pool's wake socket as systemd reports it; undefined if there is none. */
const wakeSocket = ({ world, pool }: View): WakeSocket | undefined =>
  world.wakeSockets.find(socket => socket.pool === pool.name);

/** Requests may wait at the wake socket instead of being refused. */
export const mayWait = (pass: View): boolean =>
  maySleep(pass.pool) && !pass.memory.stopped && wakeSocket(pass)?.listening === true;

/** Scales from zero when a request waits at the wake socket: at once, whether or not the timer runs. */
export function wake(pass: Deciding): null {
  if (!wakeSocket(pass)?.hasRequest || pass.memory.stopped) return null;
  pass.memory.scaling = { ...pass.memory.scaling, activeAt: pass.now };
  if (desired(pass) > 0) return null;
  pass.memory.target = 1;
  note(pass, 'scale 0 -> 1: a request is waiting');
  return null;
}

/** Opens the wake socket of a pool that scales to zero. */
export function openWakeSocket(pass: Filling): void {
  const socket = wakeSocket(pass);
  if (!maySleep(pass.pool) || socket?.listening || socket?.job) return;
  pass.actions.push({
    kind: 'openWakeSocket',
    pool: pass.pool.name,
    reason: 'the pool scales to zero',
  });
}

/** Closes the wake sockets of pools that no longer scale to zero, once nginx no longer sends there. */
export function closeWakeSockets(
  pools: readonly InstalledPool[],
  { wakeSockets, published, publishing }: World,
): Action[] {
  const sleepers = new Set(pools.filter(({ pool }) => maySleep(pool)).map(({ pool }) => pool.name));
  const isUnused = ({ pool, listening, job }: WakeSocket): boolean =>
    listening && !job && !publishing && !own(published?.live, pool)?.includes(WAKE_SLOT);
  return wakeSockets
    .filter(socket => !sleepers.has(socket.pool) && isUnused(socket))
    .map(({ pool }) => ({ kind: 'closeWakeSocket', pool, reason: 'the pool does not scale to zero' }));
}

/** The endpoint that the pool's wake service should dial: it may still hold a request when the pool no longer sleeps. */
export function wakeTargetsOf(pass: View): [string, string | null][] {
  const { pool } = pass;
  if (!maySleep(pool) && !wakeSocket(pass)) return [];
  const [first] = healthy(members(pass))
    .map(m => m.slot)
    .sort((a, b) => a - b);
  return [[pool.name, first === undefined ? null : endpoint(pool, first).replace(/^unix:/, '')]];
}
