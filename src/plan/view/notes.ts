import type { InstanceMemory } from '../state/instance.ts';
import type { Acting, Noting } from './pass.ts';

/** How many events a pool remembers for `cgipool why`. */
const MAX_EVENTS = 50;

/** Remembers an event, the last ones at least. Tells whether it is a new one: what is tried again and again is not. */
export function remember({ memory, now }: Noting, text: string): boolean {
  const { events } = memory;
  const isRepeated = events.at(-1)?.text === text;
  const before = isRepeated ? events.slice(0, -1) : events;
  memory.events = [...before, { at: now, text }].slice(-MAX_EVENTS);
  return !isRepeated;
}

/** Notes something for people: `cgipool why` and the journal tell it. */
export function note(pass: Noting, text: string): void {
  if (remember(pass, text)) pass.news.push(text);
}

/** Adds the start of an instance, and remembers it; whoever carries it out tells the journal. */
export function start(pass: Acting<'start'>, slot: number, reason: string): void {
  pass.actions.push({ kind: 'start', pool: pass.pool.name, slot, reason });
  remember(pass, `start ${slot}: ${reason}`);
}

/** As start: systemd is asked to restart an instance. */
export function restart(pass: Acting<'restart'>, slot: number, reason: string): void {
  pass.actions.push({ kind: 'restart', pool: pass.pool.name, slot, reason });
  remember(pass, `restart ${slot}: ${reason}`);
}

/** As start: an instance is stopped. Of one whose socket systemd holds, the socket. */
export function stop(pass: Acting<'stop'>, slot: number, reason: string): void {
  const held = pass.units.get(slot)?.held ?? false;
  pass.actions.push({ kind: 'stop', pool: pass.pool.name, slot, held, reason });
  remember(pass, `stop ${slot}: ${reason}`);
}

/** Adds that a failed unit is cleared, which is no event. */
export function resetFailed(pass: Acting<'resetFailed'>, slot: number, reason: string): void {
  pass.actions.push({ kind: 'resetFailed', pool: pass.pool.name, slot, reason });
}

/** Replaces a part of what is remembered of a slot; memories are shared between passes, so never in place. */
export function amend(
  { memory }: { memory: { instances: Record<number, InstanceMemory> } },
  slot: number,
  change: Partial<InstanceMemory>,
): void {
  const known = memory.instances[slot];
  if (known) memory.instances[slot] = { ...known, ...change };
}
