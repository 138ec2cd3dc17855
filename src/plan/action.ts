import type { Routing } from '../model/routing.ts';

/** One thing to do, with the reason that the journal and `cgipool why` give. */
export type Action =
  | { kind: 'start'; pool: string; slot: number; reason: string }
  | { kind: 'restart'; pool: string; slot: number; reason: string }
  /** Of one whose socket systemd holds, the socket goes, and the instance with it. */
  | { kind: 'stop'; pool: string; slot: number; held: boolean; reason: string }
  | { kind: 'resetFailed'; pool: string; slot: number; reason: string }
  | { kind: 'openWakeSocket'; pool: string; reason: string }
  | { kind: 'closeWakeSocket'; pool: string; reason: string }
  | ({ kind: 'publish'; generation: number; reason: string } & Routing);

export type ActionKind = Action['kind'];

/** The order in which one plan's actions are carried out: what is to be routed to, route, then make room, then start. */
export const ORDER: readonly ActionKind[] = [
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
