import type { Pool, Schedule } from '../model/pool.ts';
import type { InstanceBounds } from './policy.ts';

/** The next `count` times of a calendar event after a time, ms since the epoch; fewer if it ends. */
type Elapses = (event: string, after: number, count: number) => number[];

/** Each call starts a process: ask for many times at once. */
const ELAPSES_PER_CALL = 200;

/** When a schedule is active, for ascending times only, as in a replay. */
class ActivePeriods {
  #known: number[] = [];
  #isAll = false;

  constructor(
    readonly schedule: Schedule,
    readonly elapses: Elapses,
  ) {}

  /** Whether it has begun and its duration has not passed. */
  isActive(ms: number): boolean {
    const { duration } = this.schedule;
    while (this.#known[1] !== undefined && this.#known[1] <= ms) this.#known.shift();
    if (this.#known.length <= 1 && !this.#isAll) this.#ask(this.#known[0] ?? ms - duration);
    const [start] = this.#known;
    if (this.#known[1] !== undefined && this.#known[1] <= ms) return this.isActive(ms);
    return start !== undefined && start <= ms && ms < start + duration;
  }

  #ask(after: number): void {
    const more = this.elapses(this.schedule.onCalendar, after, ELAPSES_PER_CALL);
    this.#isAll = more.length < ELAPSES_PER_CALL;
    this.#known.push(...more);
  }
}

/** The bounds of a pool over time: those of the first active schedule, else its own. */
export function boundsOf({ min, max, schedules }: Pool, elapses: Elapses): (ms: number) => InstanceBounds {
  const all = schedules.map(schedule => ({ schedule, periods: new ActivePeriods(schedule, elapses) }));
  return ms => {
    // every schedule must see every time
    const active = all.filter(({ periods }) => periods.isActive(ms))[0]?.schedule;
    return active ? { min: active.min, max: active.max } : { min, max };
  };
}
