import type { ProbeOutcome } from '../../model/observed.ts';
import { monotonic } from '../clock.ts';
import type { Jobs } from '../systemd/jobs.ts';
import { alignDelay, firstDelay, type ProbeTarget, probeDelay } from './pace.ts';
import { probe } from './probe.ts';
import { Turnstile } from './turnstile.ts';

const keyOf = (target: ProbeTarget): string => `${target.pool.name}@${target.slot} ${target.invocation}`;

/** Probes that run at a time, and for how long one counts, ms: a healthy worker answers within a few. */
const AT_ONCE = { places: 32, hold: 50 };

/** Probes one target until stopped. A slow probe delays only the next one of the same target. */
class ProbeLoop {
  #timer: NodeJS.Timeout | undefined;
  /** When the last probe began, ms of the monotonic clock. */
  #startedAt = 0;
  readonly #createdAt = performance.now();
  #stopped = false;

  constructor(
    public target: ProbeTarget,
    readonly jobs: Jobs,
    readonly turnstile: Turnstile,
    readonly report: (target: ProbeTarget, outcome: ProbeOutcome) => void,
  ) {
    this.#schedule(0);
  }

  setTarget(target: ProbeTarget): void {
    const sooner = target.pace !== this.target.pace && this.#timer !== undefined;
    this.target = target;
    if (sooner) this.#schedule(target.pace === 'steady' ? firstDelay(target) : this.#left());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #left(): number {
    return Math.max(
      0,
      this.#startedAt + probeDelay(this.target, performance.now() - this.#createdAt) - performance.now(),
    );
  }

  #schedule(wait: number): void {
    clearTimeout(this.#timer);
    const { pace, pool } = this.target;
    const rest = pace === 'steady' ? alignDelay(performance.now(), wait, pool.health.interval) : wait;
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#probe(), rest);
  }

  async #probe(): Promise<void> {
    this.#timer = undefined;
    const outcome = await this.turnstile.pass(() => this.#outcome());
    if (this.#stopped || outcome === null) return;
    this.report(this.target, outcome);
    this.#schedule(this.#left());
  }

  async #outcome(): Promise<ProbeOutcome | null> {
    if (this.#stopped) return null;
    this.#startedAt = performance.now();
    const { pool, slot, invocation } = this.target;
    const at = monotonic();
    return { pool: pool.name, slot, invocation, at, ...(await probe(pool, slot, pool.health, this.jobs)) };
  }
}

/** Probes all targets, each at its pace, and keeps the outcomes until take(). */
export class Prober {
  #loops = new Map<string, ProbeLoop>();
  #outcomes: ProbeOutcome[] = [];
  readonly #turnstile = new Turnstile(AT_ONCE.places, AT_ONCE.hold);

  /** `onNews` is called for each outcome that may require a decision. */
  constructor(
    readonly jobs: Jobs,
    readonly onNews: () => void,
  ) {}

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
    return new ProbeLoop(target, this.jobs, this.#turnstile, (now, outcome) => this.#record(now, outcome));
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
