import type { ProbeOutcome } from '../../model/observed.ts';
import type { Health } from '../../model/pool.ts';
import type { InstanceMemory, Phase } from '../state/instance.ts';
import { note } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';

/** The phase that follows from the counts: HAProxy's rise and fall. */
function nextPhase(phase: Phase, oks: number, fails: number, health: Health): Phase {
  if (phase !== 'healthy' && oks >= health.rise) return 'healthy';
  if (phase === 'healthy' && fails >= health.fall) return 'unhealthy';
  return phase;
}

/** Late but at work: it ended a request since the probe before this one. A long queue is no hang. */
const isBusy = (
  { endedAt }: InstanceMemory,
  late: boolean,
  { interval, timeout }: Health,
  now: number,
): boolean => late && endedAt > 0 && endedAt >= now - interval - timeout;

/** An instance's memory after a probe. A probe of another life is ignored. */
function judge(
  memory: InstanceMemory,
  outcome: Pick<ProbeOutcome, 'ok' | 'late' | 'detail' | 'invocation' | 'at'>,
  health: Health,
  now: number,
): InstanceMemory {
  if (outcome.invocation !== memory.invocation) return memory;
  if (isBusy(memory, outcome.late, health, now))
    return {
      ...memory,
      fails: 0,
      busy: true,
      detail: `busy: ${outcome.detail}, but it completes other requests`,
    };
  const oks = outcome.ok ? memory.oks + 1 : 0;
  const fails = outcome.ok ? 0 : memory.fails + 1;
  const failedAt = outcome.ok ? memory.failedAt : outcome.at;
  const phase = nextPhase(memory.phase, oks, fails, health);
  const since = phase === memory.phase ? memory.since : now;
  return { ...memory, oks, fails, failedAt, phase, since, busy: false, detail: outcome.detail };
}

/** The memory of an instance that a probe tells of; of one that has ended since it tells nothing. */
function probed(
  { pool: { name }, units, memory }: Learning,
  { pool, slot }: ProbeOutcome,
): InstanceMemory | undefined {
  const unit = pool === name ? units.get(slot) : undefined;
  return unit && unit.active !== 'activating' ? memory.instances[slot] : undefined;
}

/** Counts the probes since the last pass. */
export function countProbes(pass: Learning): void {
  for (const outcome of pass.world.probes) {
    const before = probed(pass, outcome);
    if (!before) continue;
    const after = judge(before, outcome, pass.pool.health, pass.now);
    pass.memory.instances[outcome.slot] = after;
    if (after.phase !== before.phase) note(pass, `slot ${outcome.slot} is ${after.phase}: ${outcome.detail}`);
  }
}
