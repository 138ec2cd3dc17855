import type { ProbeOutcome } from '../../model/observed.ts';
import { type Clock, machineClock } from '../clock.ts';
import { alignDelay, firstDelay, type ProbeTarget, probeDelay } from './pace.ts';
import type { ProbeResult } from './probe.ts';
import { Turnstile } from './turnstile.ts';

const keyOf = (target: ProbeTarget): string => `${target.pool.name}@${target.slot} ${target.invocation}`;

/** Probes that run at a time, and for how long one counts, ms: a healthy worker answers within a few. */
const AT_ONCE = { places: 32, hold: 50 };

/** What probing takes from its surroundings. */
export interface ProbeMeans {
  /** Makes one probe. */
  probe: (target: ProbeTarget) => Promise<ProbeResult>;
  clock: Clock;
  /** A number from 0 to 1. */
  random: () => number;
}

/** The machine's clock, and chance. */
export const machineMeans = { clock: machineClock, random: Math.random };

/** Probes one target until stopped. A slow probe delays only the next one of the same target. */
class ProbeLoop {
  /** Ends the wait for the next probe, if there is one. */
  #cancel: (() => void) | null = null;
  /** When the last probe began, ms of the monotonic clock. */
  #startedAt = 0;
  readonly #createdAt: number;
  #stopped = false;

  constructor(
    public target: ProbeTarget,
    readonly means: ProbeMeans,
    readonly turnstile: Turnstile,
    readonly report: (target: ProbeTarget, outcome: ProbeOutcome) => void,
  ) {
    this.#createdAt = means.clock.now();
    this.#schedule(0);
  }

  setTarget(target: ProbeTarget): void {
    const sooner = target.pace !== this.target.pace && this.#cancel !== null;
    this.target = target;
    if (sooner)
      this.#schedule(target.pace === 'steady' ? firstDelay(target, this.means.random()) : this.#left());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #left(): number {
    const now = this.means.clock.now();
    return Math.max(0, this.#startedAt + probeDelay(this.target, now - this.#createdAt) - now);
  }

  #schedule(wait: number): void {
    this.#cancel?.();
    const { pace, pool } = this.target;
    const { clock } = this.means;
    const rest = pace === 'steady' ? alignDelay(clock.now(), wait, pool.health.interval) : wait;
    if (!this.#stopped) this.#cancel = clock.after(rest, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    this.#cancel = null;
    const outcome = await this.turnstile.pass(() => this.#outcome());
    if (this.#stopped || outcome === null) return;
    this.report(this.target, outcome);
    this.#schedule(this.#left());
  }

  async #outcome(): Promise<ProbeOutcome | null> {
    if (this.#stopped) return null;
    const at = this.means.clock.now();
    this.#startedAt = at;
    const { pool, slot, invocation } = this.target;
    return { pool: pool.name, slot, invocation, at, ...(await this.means.probe(this.target)) };
  }
}

/** Probes all targets, each at its pace, and keeps the outcomes until take(). */
export class Prober {
  #loops = new Map<string, ProbeLoop>();
  #outcomes: ProbeOutcome[] = [];
  readonly #turnstile: Turnstile;

  /** `onNews` is called for each outcome that may require a decision. */
  constructor(
    readonly means: ProbeMeans,
    readonly onNews: () => void,
  ) {
    this.#turnstile = new Turnstile(AT_ONCE.places, AT_ONCE.hold, means.clock);
  }

  /** Sets what to probe from now on. */
  setTargets(targets: readonly ProbeTarget[]): void {
    const wanted = new Map(targets.map(target => [keyOf(target), target]));
    for (const [key, loop] of this.#loops) if (!wanted.has(key)) this.#drop(key, loop);
    for (const [key, target] of wanted) {
      const loop = this.#loops.get(key);
      if (loop) loop.setTarget(target);
      else this.#loops.set(key, this.#begin(target));
    }
  }

  /** The outcomes since the last call, oldest first. */
  take(): ProbeOutcome[] {
    return this.#outcomes.splice(0);
  }

  #begin(target: ProbeTarget): ProbeLoop {
    return new ProbeLoop(target, this.means, this.#turnstile, (now, outcome) => this.#record(now, outcome));
  }

  #drop(key: string, loop: ProbeLoop): void {
    loop.stop();
    this.#loops.delete(key);
  }

  #record({ pace }: ProbeTarget, outcome: ProbeOutcome): void {
    this.#outcomes.push(outcome);
    // a failure of a starting worker decides nothing, nor does a success of a steady one
    if (pace === 'failing' || outcome.ok === (pace === 'starting')) this.onNews();
  }
}
