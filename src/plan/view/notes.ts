import type { InstanceMemory } from '../state/instance.ts';
import type { Acting, Noting } from './pass.ts';

/** The number of events that a pool keeps for `cgipool why`. */
const MAX_EVENTS = 50;

/** Adds an event. Returns whether it is new: a repeated one only gets a new time. */
export function remember({ memory, now }: Noting, text: string): boolean {
  const { events } = memory;
  const isRepeated = events.at(-1)?.text === text;
  const before = isRepeated ? events.slice(0, -1) : events;
  memory.events = [...before, { at: now, text }].slice(-MAX_EVENTS);
  return !isRepeated;
}

/** Adds a note for `cgipool why` and the journal. */
export function note(pass: Noting, text: string): void {
  if (remember(pass, text)) pass.news.push(text);
}

/** Adds the start of an instance and remembers it as an event; the executor logs it. */
export function start(pass: Acting<'start'>, slot: number, reason: string): void {
  pass.actions.push({ kind: 'start', pool: pass.pool.name, slot, reason });
  remember(pass, `start ${slot}: ${reason}`);
}

/** Like start, for a restart by systemd. */
export function restart(pass: Acting<'restart'>, slot: number, reason: string): void {
  pass.actions.push({ kind: 'restart', pool: pass.pool.name, slot, reason });
  remember(pass, `restart ${slot}: ${reason}`);
}

/** Like start, for a stop. If systemd holds the instance's socket, the socket is stopped. */
export function stop(pass: Acting<'stop'>, slot: number, reason: string): void {
  const held = pass.units.get(slot)?.held ?? false;
  pass.actions.push({ kind: 'stop', pool: pass.pool.name, slot, held, reason });
  remember(pass, `stop ${slot}: ${reason}`);
}

/** Adds the reset of a failed unit, which is not an event. */
export function resetFailed(pass: Acting<'resetFailed'>, slot: number, reason: string): void {
  pass.actions.push({ kind: 'resetFailed', pool: pass.pool.name, slot, reason });
}

/** Changes the memory of an instance by replacing it: memories are shared between passes. */
export function amend(
  { memory }: { memory: { instances: Record<number, InstanceMemory> } },
  slot: number,
  change: Partial<InstanceMemory>,
): void {
  const known = memory.instances[slot];
  if (known) memory.instances[slot] = { ...known, ...change };
}
