import { spread } from './backoff.ts';
import { isDraining } from './drain.ts';
import { amend, type Look, type Member, members, note } from './look.ts';
import { isStale } from './stale.ts';

/** A tenth each way: instances that started together do not end together. */
const JITTER = 0.1;

const jittered = (limit: number, seed: string): number => limit * (1 - JITTER + 2 * JITTER * spread(seed));

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

/** Why an instance has run long enough, or null. */
function wear(look: Look, { slot, unit }: Member): string | null {
  const { maxAge, maxMemory } = look.pool.recycling;
  const age = look.now - unit.startedAt;
  if (maxAge !== null && unit.startedAt > 0 && age > jittered(maxAge, unit.invocation))
    return `it has run for ${minutes(age)} (MaxAge=)`;
  const held = look.world.load.find(s => s.pool === look.pool.name && s.slot === slot)?.memory ?? 0;
  return maxMemory !== null && held > maxMemory ? `it holds ${megabytes(held)} (MaxMemory=)` : null;
}

/** Marks one instance for replacement when it has run long enough; never a second before the first has gone. */
export function recycle(look: Look): void {
  const list = members(look);
  if (isDraining(look) || list.some(m => isStale(look, m) || m.memory.phase === 'starting')) return;
  for (const member of list) {
    const worn = wear(look, member);
    if (worn === null) continue;
    amend(look, member.slot, { worn });
    note(look, `recycle ${member.slot}: ${worn}`);
    return;
  }
}
