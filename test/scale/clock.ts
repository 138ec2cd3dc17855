import type { Scale } from '../../src/model/pool.ts';
import { decide } from '../../src/scale/decide.ts';
import { newScaleState } from '../../src/scale/decision.ts';
import { Histogram } from '../../src/scale/histogram.ts';
import { Meter } from '../../src/scale/meter.ts';
import type { InstanceSample, Sample } from '../../src/scale/signals.ts';

const TICK_MS = 5_000;
const SECOND_MS = 1_000;
/** From a decision until the new instance serves. */
export const START_MS = 1_000;

/** The state at one second of a timeline. */
export interface Moment {
  /** Since the beginning, s. */
  at: number;
  demand: number;
  /** Instances wanted, and those that serve. */
  wanted: number;
  ready: number;
}

/** The load of a pool: concurrent connections at a time, seconds since the beginning; null: unknown. */
export type Demand = (at: number) => number | null;

interface Life {
  invocation: string;
  readyAt: number;
}

/** Runs the real meter and decision on a virtual clock, with instances that take a second to start. */
export function timeline(
  scale: Scale,
  demand: Demand,
  seconds: number,
  { min = 1, max = 20 } = {},
): Moment[] {
  const meter = new Meter({ stable: scale.stableWindow, panic: scale.panicWindow, quantile: 0.95 });
  let state = newScaleState();
  let wanted = Math.max(1, min);
  let lives: Life[] = Array.from({ length: wanted }, (_, i) => ({ invocation: `first${i}`, readyAt: 0 }));
  const moments: Moment[] = [];
  for (let now = 0; now <= seconds * SECOND_MS; now += SECOND_MS) {
    const load = demand(now / SECOND_MS);
    const ready = lives.filter(life => life.readyAt <= now);
    meter.add(sampleOf(now, ready, load));
    if (now % TICK_MS === 0 && now > 0) {
      const situation = {
        now,
        ready: ready.length,
        from: wanted,
        min,
        max,
        signals: meter.signals(now),
        activeAt: meter.activeAt,
        ceiling: null,
      };
      const decided = decide(scale, situation, state);
      state = decided.state;
      wanted = decided.decision.to;
      const born = Array.from({ length: Math.max(0, wanted - lives.length) }, (_, i) => ({
        invocation: `${now}-${i}`,
        readyAt: now + START_MS,
      }));
      lives = [...lives, ...born].slice(0, wanted);
    }
    moments.push({ at: now / SECOND_MS, demand: load ?? 0, wanted, ready: ready.length });
  }
  return moments;
}

/** Spreads the connections over the instances; each connection takes a tenth of a core. */
function sampleOf(at: number, ready: readonly Life[], load: number | null): Sample {
  const share = load === null || ready.length === 0 ? null : load / ready.length;
  const instances = ready.map(
    ({ invocation, readyAt }): InstanceSample => ({
      invocation,
      serves: true,
      cpuUsec: share === null ? null : (at - readyAt) * 100 * share,
      connections: share,
      waiting: share === null ? null : Math.max(0, share - 1),
    }),
  );
  return {
    at,
    instances,
    ended: 0,
    woken: 0,
    requests: { count: 0, errors: 0, latencies: new Histogram() },
    external: load,
  };
}

/** How often the desired number changed its direction. */
export function flaps(moments: readonly Moment[]): number {
  const steps = moments.slice(1).map((m, i) => Math.sign(m.wanted - (moments[i]?.wanted ?? 0)));
  const turns = steps.filter(step => step !== 0);
  return turns.slice(1).filter((step, i) => step !== turns[i]).length;
}

export const most = (moments: readonly Moment[]): number => Math.max(...moments.map(m => m.wanted));

/** The first second from `from` on at which `ready` instances serve, or infinity. */
export const reached = (moments: readonly Moment[], from: number, ready: number): number =>
  moments.find(m => m.at >= from && m.ready >= ready)?.at ?? Number.POSITIVE_INFINITY;
