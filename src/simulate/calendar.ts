import type { Pool, Schedule } from '../model/pool.ts';
import type { InstanceBounds } from './policy.ts';

/** The next times of a calendar event after a time, ms since the epoch, at most so many. */
export type Elapses = (event: string, after: number, count: number) => number[];

/** As many at once as make asking cheap. */
const ELAPSES_PER_CALL = 200;

/** When a schedule is in force, for times that only go up, as a replay's do. */
class ActivePeriods {
  #known: number[] = [];
  #isAll = false;

  constructor(
    readonly schedule: Schedule,
    readonly elapses: Elapses,
  ) {}

  /** It began, and its duration is not over. */
  isActive(ms: number): boolean {
    const { duration } = this.schedule;
    while (this.#known[1] !== undefined && this.#known[1] <= ms) this.#known.shift();
    if (this.#known.length <= 1 && !this.#isAll) this.#ask(this.#known[0] ?? ms - duration);
    const [begun] = this.#known;
    if (this.#known[1] !== undefined && this.#known[1] <= ms) return this.isActive(ms);
    return begun !== undefined && begun <= ms && ms < begun + duration;
  }

  #ask(after: number): void {
    const more = this.elapses(this.schedule.onCalendar, after, ELAPSES_PER_CALL);
    this.#isAll = more.length < ELAPSES_PER_CALL;
    this.#known.push(...more);
  }
}

/** The bounds of a pool over time: of the schedule in force, the first of several, or its own. */
export function boundsOf({ min, max, schedules }: Pool, elapses: Elapses): (ms: number) => InstanceBounds {
  const all = schedules.map(schedule => ({ schedule, spells: new ActivePeriods(schedule, elapses) }));
  return ms => {
    const on = all.filter(({ spells }) => spells.isActive(ms))[0]?.schedule;
    return on ? { min: on.min, max: on.max } : { min, max };
  };
}
