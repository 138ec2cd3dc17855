import { nextElapse } from '../../host/systemd/calendar.ts';
import type { Installed } from '../../model/installed.ts';
import type { Pool, Schedule } from '../../model/pool.ts';
import type { Log } from '../log.ts';

/** Whether a schedule is in force, and until when that is so, ms since the epoch. */
interface ActivePeriod {
  isOn: boolean;
  until: number;
}

/** How long after a failure systemd is asked again, ms. */
const RETRY_INTERVAL_MS = 60_000;
/** Asked again at the latest after so long: somebody may set the clock or the time zone, ms. */
const MAX_PERIOD_MS = 600_000;

const keyOf = (pool: Pool, { onCalendar, duration }: Schedule): string =>
  `${pool.name} ${duration} ${onCalendar}`;

/** It is on when the first event after one duration ago has come. */
async function activePeriodOf({ onCalendar, duration }: Schedule, now: number): Promise<ActivePeriod> {
  const next = await nextElapse(onCalendar, now - duration);
  const isOn = next !== null && next <= now;
  const end = next === null ? Number.POSITIVE_INFINITY : isOn ? next + duration : next;
  return { isOn, until: Math.min(end, now + MAX_PERIOD_MS) };
}

/** Which schedule of each pool is in force. systemd reckons, and only when something may have changed. */
export class Schedules {
  #periods = new Map<string, ActivePeriod>();
  #asking = new Set<string>();

  constructor(
    readonly log: Log,
    /** Called when something is in force, or no longer. */
    readonly news: () => void,
  ) {}

  /** Learns of those that are not known yet: a pool must not shrink because nobody has asked. */
  async learn({ pools }: Pick<Installed, 'pools'>, now: number): Promise<void> {
    await Promise.all(
      pools.flatMap(({ pool }) =>
        pool.schedules
          .filter(schedule => !this.#periods.has(keyOf(pool, schedule)))
          .map(schedule => this.#ask(pool, schedule, now)),
      ),
    );
  }

  /** The name of the first that is in force, by pool, as far as it was learned. */
  now({ pools }: Pick<Installed, 'pools'>, now: number): Record<string, string> {
    const found = pools.flatMap(({ pool }) => {
      const on = pool.schedules.find(schedule => this.#isOn(pool, schedule, now));
      return on ? [[pool.name, on.name]] : [];
    });
    return Object.fromEntries(found);
  }

  /** What was last known; asks again where that may be over. */
  #isOn(pool: Pool, schedule: Schedule, now: number): boolean {
    const period = this.#periods.get(keyOf(pool, schedule));
    // a clock that was set back, too
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
    if (period.isOn !== (before?.isOn ?? false)) this.news();
  }
}
