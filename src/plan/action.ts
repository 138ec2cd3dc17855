import type { Routing } from '../model/routing.ts';

/** One step of a plan, with the reason that the journal and `cgipool why` show. */
export type Action =
  | { kind: 'start'; pool: string; slot: number; reason: string }
  | { kind: 'restart'; pool: string; slot: number; reason: string }
  /** `held`: systemd holds its socket; stopping the socket stops the instance too. */
  | { kind: 'stop'; pool: string; slot: number; held: boolean; reason: string }
  | { kind: 'resetFailed'; pool: string; slot: number; reason: string }
  | { kind: 'openWakeSocket'; pool: string; reason: string }
  | { kind: 'closeWakeSocket'; pool: string; reason: string }
  | ({ kind: 'publish'; generation: number; reason: string } & Routing);

export type ActionKind = Action['kind'];

/** The order in which a plan's actions run: open what nginx is to send to, route, make room, then start. */
const ORDER: readonly ActionKind[] = [
  'openWakeSocket',
  'publish',
  'resetFailed',
  'restart',
  'stop',
  'closeWakeSocket',
  'start',
];

export const inOrder = (actions: readonly Action[]): Action[] =>
  [...actions].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
