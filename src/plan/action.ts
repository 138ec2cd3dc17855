import type { Live } from './world.ts';

/** One thing to do, with the reason that the journal and `cgipool why` give. */
export type Action =
  | { kind: 'start' | 'stop' | 'resetFailed'; pool: string; slot: number; reason: string }
  | { kind: 'publish'; generation: number; live: Live; reason: string };

export type ActionKind = Action['kind'];

/** The order in which one plan's actions are carried out: route first, then make room, then start. */
export const ORDER: readonly ActionKind[] = ['publish', 'resetFailed', 'stop', 'start'];

export const inOrder = (actions: readonly Action[]): Action[] =>
  [...actions].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
