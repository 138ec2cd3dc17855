import type { ProbeOutcome } from '../../model/observed.ts';
import type { Health } from '../../model/pool.ts';
import type { InstanceMemory, Phase } from '../state/instance.ts';

/** Rise and fall: the phase that follows from the counts, HAProxy's rule. */
function nextPhase(phase: Phase, oks: number, fails: number, health: Health): Phase {
  if (phase !== 'healthy' && oks >= health.rise) return 'healthy';
  if (phase === 'healthy' && fails >= health.fall) return 'unhealthy';
  return phase;
}

/** Late, but at work: it ended connections while the probe waited. Whoever has a long queue is not hung. */
const isBusy = ({ endedAt }: InstanceMemory, late: boolean, { timeout }: Health, now: number): boolean =>
  late && endedAt > 0 && endedAt >= now - timeout;

/** What one probe makes of an instance. A probe of another life says nothing about this one. */
export function judge(
  memory: InstanceMemory,
  outcome: Pick<ProbeOutcome, 'ok' | 'late' | 'detail' | 'invocation'>,
  health: Health,
  now: number,
): InstanceMemory {
  if (outcome.invocation !== memory.invocation) return memory;
  if (isBusy(memory, outcome.late, health, now))
    return { ...memory, busy: true, detail: `busy: ${outcome.detail}, but it ends other requests` };
  const oks = outcome.ok ? memory.oks + 1 : 0;
  const fails = outcome.ok ? 0 : memory.fails + 1;
  const phase = nextPhase(memory.phase, oks, fails, health);
  const since = phase === memory.phase ? memory.since : now;
  return { ...memory, oks, fails, phase, since, busy: false, detail: outcome.detail };
}
