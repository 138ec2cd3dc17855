import { nextElapse } from '../../host/systemd/calendar.ts';
import type { Installed } from '../../model/installed.ts';
import type { Pool, Schedule } from '../../model/pool.ts';
import type { Logger } from '../log.ts';

/** Whether a schedule is in force, and until when that holds, ms since the epoch. */
interface ActivePeriod {
  isOn: boolean;
  until: number;
}

/** After a failure systemd is asked again this much later, ms. */
const RETRY_INTERVAL_MS = 60_000;
/** systemd is asked again at the latest after this long, as the clock or the time zone may have been set, ms. */
const MAX_PERIOD_MS = 50_000;

const keyOf = (pool: Pool, { onCalendar, duration }: Schedule): string =>
  `${pool.name} ${duration} ${onCalendar}`;

/** It is on if an event came within the last duration. */
async function activePeriodOf({ onCalendar, duration }: Schedule, now: number): Promise<ActivePeriod> {
  const next = await nextElapse(onCalendar, now - duration);
  const isOn = next !== null && next <= now;
  const end = next === null ? Number.POSITIVE_INFINITY : isOn ? next + duration : next;
  return { isOn, until: Math.min(end, now + MAX_PERIOD_MS) };
}

/** Which schedule of each pool is in force. systemd computes that, only when it may have changed. */
export class ActiveSchedules {
  #periods = new Map<string, ActivePeriod>();
  #asking = new Set<string>();

  constructor(
    readonly log: Logger,
    /** Called when a schedule begins or ends. */
    readonly onChange: () => void,
  ) {}

  /** Looks up schedules that are not known yet: a pool must not shrink before its schedule is known. */
  async learn({ pools }: Pick<Installed, 'pools'>, now: number): Promise<void> {
    await Promise.all(
      pools.flatMap(({ pool }) =>
        pool.schedules
          .filter(schedule => !this.#periods.has(keyOf(pool, schedule)))
          .map(schedule => this.#ask(pool, schedule, now)),
      ),
    );
  }

  /** The name of the first schedule in force, by pool, as far as known. */
  now({ pools }: Pick<Installed, 'pools'>, now: number): Record<string, string> {
    const found = pools.flatMap(({ pool }) => {
      const on = pool.schedules.find(schedule => this.#isOn(pool, schedule, now));
      return on ? [[pool.name, on.name]] : [];
    });
    return Object.fromEntries(found);
  }

  /** The last known state; starts a new lookup if it may be out of date. */
  #isOn(pool: Pool, schedule: Schedule, now: number): boolean {
    const period = this.#periods.get(keyOf(pool, schedule));
    // the last condition: the clock was set back
    if (!period || now >= period.until || now < period.until - MAX_PERIOD_MS)
      void this.#ask(pool, schedule, now);
    return period?.isOn ?? false;
  }

  async #ask(pool: Pool, schedule: Schedule, now: number): Promise<void> {
    const key = keyOf(pool, schedule);
    if (this.#asking.has(key)) return;
    this.#asking.add(key);
    const before = this.#periods.get(key);
    const period = await activePeriodOf(schedule, now).catch((error: Error) => {
      this.log.error(`[Schedule ${schedule.name}] of ${pool.name}: ${error.message}`);
      return { isOn: before?.isOn ?? false, until: now + RETRY_INTERVAL_MS };
    });
    this.#periods.set(key, period);
    this.#asking.delete(key);
    if (period.isOn !== (before?.isOn ?? false)) this.onChange();
  }
}
