import type { ProbeTarget } from '../../host/probe/pace.ts';
import type { Installed } from '../../model/installed.ts';
import { isRunning, type LoadSample } from '../../model/observed.ts';
import type { InstanceMemory } from '../../plan/state/instance.ts';
import type { Memory } from '../../plan/state/memory.ts';
import { instanceOf } from '../../plan/state/tiers.ts';
import type { World } from '../../plan/world.ts';

/** Requests wait and it has ended none since the last pass: it may hang, so probe it soon. */
const isSuspect = (sample: LoadSample | undefined): boolean =>
  sample !== undefined && (sample.waiting ?? 0) > 0 && sample.ended === 0;

function paceOf({ phase, fails, busy }: InstanceMemory, sample: LoadSample | undefined): ProbeTarget['pace'] {
  if (phase === 'starting') return 'starting';
  return fails > 0 || busy || phase === 'unhealthy' || isSuspect(sample) ? 'failing' : 'steady';
}

/** What to probe: every running instance that does not drain, of pools with a probe. */
export function targets(installed: Pick<Installed, 'pools'>, world: World, memory: Memory): ProbeTarget[] {
  const pools = new Map(installed.pools.map(({ pool }) => [pool.name, pool]));
  const samples = new Map(world.load.map(sample => [sample.invocation, sample]));
  return world.units.flatMap(unit => {
    const pool = pools.get(unit.pool);
    const known = pool && instanceOf(memory, pool, unit.slot);
    if (!pool || !known || known.drain || pool.health.probe === 'none' || !isRunning(unit)) return [];
    return [
      {
        pool,
        slot: unit.slot,
        invocation: unit.invocation,
        pace: paceOf(known, samples.get(unit.invocation)),
      },
    ];
  });
}
