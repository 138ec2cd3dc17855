import type { Health } from '../pool/pool.ts';
import type { InstanceMemory, Phase } from './memory.ts';
import type { ProbeOutcome } from './world.ts';

/** Rise and fall: the phase that follows from the counts, HAProxy's rule. */
function nextPhase(phase: Phase, oks: number, fails: number, health: Health): Phase {
  if (phase !== 'healthy' && oks >= health.rise) return 'healthy';
  if (phase === 'healthy' && fails >= health.fall) return 'unhealthy';
  return phase;
}

/** What one probe makes of an instance. A probe of another life says nothing about this one. */
export function judge(
  memory: InstanceMemory,
  outcome: Pick<ProbeOutcome, 'ok' | 'detail' | 'invocation'>,
  health: Health,
  now: number,
): InstanceMemory {
  if (outcome.invocation !== memory.invocation) return memory;
  const oks = outcome.ok ? memory.oks + 1 : 0;
  const fails = outcome.ok ? 0 : memory.fails + 1;
  const phase = nextPhase(memory.phase, oks, fails, health);
  const since = phase === memory.phase ? memory.since : now;
  return { ...memory, oks, fails, phase, since, detail: outcome.detail };
}
