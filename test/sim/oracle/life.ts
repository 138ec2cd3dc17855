import { isRunning, type ProbeOutcome, type Unit } from '../../../src/model/observed.ts';
import type { Health } from '../../../src/model/pool.ts';

/** One life of an instance, by what was observed of it. */
export class Life {
  /** Rise= probes in a row succeeded, and it runs. */
  isProven = false;
  /** It was proven at some time. */
  wasProven = false;
  /** Since when Fall= probes in a row failed, or nobody can reach it; null: it is well. */
  sickSince: number | null = null;
  /** Since when it has held a request for too long; null: it does not. */
  stuckSince: number | null = null;
  /** It was sick or stuck at some time. */
  wasSick = false;
  /** Somebody listens where clients look for it. */
  isListening = true;
  /** When it last ran, or was first seen. */
  upSince: number;
  #silentBefore: number | null;
  #oks = 0;
  #fails = 0;
  #workedAt = Number.NEGATIVE_INFINITY;

  constructor(
    public unit: Unit,
    readonly seenAt: number,
    /** The one before it on its slot, which systemd restarted. */
    before?: Life,
  ) {
    this.upSince = seenAt;
    this.#silentBefore = before?.silentSince ?? null;
  }

  /** Since when it, or those that systemd restarted before it, have answered nothing, ms; null: it answers. */
  get silentSince(): number | null {
    const mine = this.sickSince ?? this.stuckSince ?? (this.wasProven ? null : this.seenAt);
    return this.#silentBefore ?? mine;
  }

  get isRunning(): boolean {
    return isRunning(this.unit);
  }

  get isHealthy(): boolean {
    return this.isProven && this.sickSince === null;
  }

  /** It runs, somebody listens in its place, and it is healthy. */
  get isWell(): boolean {
    return this.isHealthy && this.isRunning && this.isListening;
  }

  see(unit: Unit, now: number): void {
    const isUp = isRunning(unit);
    if (this.isRunning !== isUp) this.upSince = now;
    if (this.isRunning && !isUp) {
      this.#silentBefore ??= this.sickSince ?? this.stuckSince;
      this.forget();
    }
    this.unit = unit;
  }

  /** It ended a request. */
  worked(now: number): void {
    this.#workedAt = now;
  }

  probed({ ok, late }: ProbeOutcome, health: Health, now: number): void {
    // late but at work: neither well nor ill
    if (late && this.#workedAt >= now - health.interval - health.timeout) this.#fails = 0;
    else {
      this.#oks = ok ? this.#oks + 1 : 0;
      this.#fails = ok ? 0 : this.#fails + 1;
    }
    if (this.#oks >= health.rise) this.prove();
    else if (this.isHealthy && this.#fails >= health.fall) this.fell(now);
  }

  prove(): void {
    this.isProven = true;
    this.wasProven = true;
    this.sickSince = null;
  }

  /** It fails, or nobody can reach it. */
  fell(now: number): void {
    this.sickSince ??= now;
    this.wasSick = true;
    this.#oks = 0;
  }

  /** It holds a request for longer than RequestTimeout=. */
  stuck(now: number): void {
    this.stuckSince ??= now;
    this.wasSick = true;
  }

  /** Nothing is known of it any more. */
  forget(): void {
    this.isProven = false;
    this.sickSince = null;
    this.#oks = 0;
    this.#fails = 0;
    this.#workedAt = Number.NEGATIVE_INFINITY;
  }
}
