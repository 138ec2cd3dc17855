import { portOf } from './address.ts';
import { WAKE_SLOT } from './names.ts';
import type { Pool } from './pool.ts';

/** Whether nginx sends requests to the pool. */
export const isRouted = ({ nginx }: Pick<Pool, 'nginx'>): boolean =>
  nginx.location !== null || nginx.stream !== null;

/** The port that nginx listens on for the pool, if any. */
export const streamPorts = (stream: string | null): number[] => (stream === null ? [] : [portOf(stream)]);

/** A pool that nginx's stream module serves, rather than its http module. */
export const isStream = ({ protocol }: Pick<Pool, 'protocol'>): boolean => protocol === 'tcp';

/** Whether it may scale to zero, at some time at least. */
export const maySleep = ({ min, schedules }: Pick<Pool, 'min' | 'schedules'>): boolean =>
  min === 0 || schedules.some(schedule => schedule.min === 0);

/** Every slot that nginx may send requests to. */
export const reachable = (pool: Pool): number[] => (maySleep(pool) ? [WAKE_SLOT, ...pool.slots] : pool.slots);

/**
 * Whether nginx has to log each request to the controller, which costs a few microseconds of CPU time. On connections that
 * are kept nothing else tells a busy worker from a hung one.
 */
export const needsTraffic = (pool: Pool): boolean => {
  const { recycling, health, nginx, scale } = pool;
  const limits = [recycling.maxRequests, health.requestTimeout, nginx.slowLog, scale.requests, scale.latency];
  return limits.some(limit => limit !== null) || nginx.keepalive > 0 || maySleep(pool);
};

/** Keys of [Unit] whose units are started along with an instance: see systemd.unit(5). */
const PULLS_IN = new Set(['Requires', 'Requisite', 'BindsTo', 'Wants']);

/** The units that a start of an instance pulls in, by its pool file; none with a specifier, which only systemd knows. */
export const requiredBy = ({ unit }: Pick<Pool, 'unit'>): string[] => [
  ...new Set(
    unit
      .filter(({ key, value }) => PULLS_IN.has(key) && !value.includes('%'))
      .flatMap(({ value }) => value.split(/\s+/).filter(Boolean)),
  ),
];

/** The value of a directive of [Service]: the last line counts. Empty without one. */
const inService = ({ service }: Pick<Pool, 'service'>, name: string): string =>
  service.findLast(({ key }) => key === name)?.value ?? '';

/** The signal with which systemd asks a worker to end, by its pool file. */
export const stopSignal = (pool: Pick<Pool, 'service'>): string => inService(pool, 'KillSignal') || 'SIGTERM';

/** How long it then waits before SIGKILL, as the pool file has it or cgipool's own unit. */
export const stopTimeout = ({ service }: Pick<Pool, 'service'>): string =>
  service.findLast(({ key }) => key === 'TimeoutStopSec' || key === 'TimeoutSec')?.value || '10s';

/** Whether a stop runs commands of the pool's own, too. */
export const hasStopCommands = ({ service }: Pick<Pool, 'service'>): boolean =>
  service.some(({ key }) => key === 'ExecStop' || key === 'ExecStopPost');

/** Whether all processes of an instance get that signal, or only the main one before the others are killed. */
export const signalsAll = (pool: Pick<Pool, 'service'>): boolean =>
  inService(pool, 'KillMode') === 'control-group';

/** Whether systemd restarts its workers however they end, by its pool file. */
export const restartsAlways = (pool: Pick<Pool, 'service'>): boolean =>
  ['', 'always'].includes(inService(pool, 'Restart')) && inService(pool, 'RestartPreventExitStatus') === '';

/** Whether its workers tell systemd when they are ready (Type=notify, Type=notify-reload), by its pool file. */
export const isNotifying = (pool: Pick<Pool, 'service'>): boolean =>
  inService(pool, 'Type').startsWith('notify');

/** A request that takes longer is logged, ms; null: none is. */
export const slowAfter = ({ health, nginx }: Pool): number | null => nginx.slowLog ?? health.requestTimeout;
