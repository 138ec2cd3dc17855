import { isPausing, isRunning, type Unit } from '../../model/observed.ts';

/** What systemd is at before a worker runs, by its SubState. */
const STEPS: Readonly<Record<string, string>> = {
  condition: 'ExecCondition= has not ended',
  'start-pre': 'ExecStartPre= has not ended',
  start: 'systemd waits until it is up (Type=)',
  'start-post': 'ExecStartPost= has not ended',
};

/** Why an instance that is to start does not run yet, for people; null: it runs, or nothing is known. */
export function stepOf(unit: Pick<Unit, 'active' | 'sub'>): string | null {
  if (isPausing(unit)) return 'systemd waits as long as RestartSec= says before it restarts it';
  return isRunning(unit) ? null : (STEPS[unit.sub] ?? null);
}
