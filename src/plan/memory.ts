import { newScaleState, type ScaleState } from '../scale/decision.ts';
import type { Live } from './world.ts';

/**
 * What one life of an instance went through:
 *
 *   starting --rise--> healthy --fall--> unhealthy --rise--> healthy
 *   unhealthy --it hangs--> restarting (systemd is asked to)
 *   any --the process ends--> starting (the next life)
 */
export type Phase = 'starting' | 'healthy' | 'unhealthy' | 'restarting';

/** Its next life has begun or is about to. */
export const isComing = ({ phase }: Pick<InstanceMemory, 'phase'>): boolean =>
  phase === 'starting' || phase === 'restarting';

export interface Drain {
  since: number;
  reason: string;
  /** From this time on it is stopped with requests in flight, ms since the epoch. */
  deadline: number;
  /**
   * spare: its place is filled, and it is taken back when that is no longer so; swap: its successor needs its slot;
   * slow: it answers no probe but holds requests, which may be slow or hang; hung: it answers nothing. The last two are
   * stopped even when nginx cannot be told to leave them alone.
   */
  kind: 'spare' | 'swap' | 'slow' | 'hung';
}

export interface InstanceMemory {
  invocation: string;
  restarts: number;
  phase: Phase;
  /** Start of the phase. */
  since: number;
  /** Lives of the unit before this one, in a row, that ended before they were healthy. */
  stillborn: number;
  /** In a row. */
  oks: number;
  fails: number;
  /** The last probe was not answered in time, but the worker ended other connections meanwhile. */
  busy: boolean;
  /** When it was last seen to end a connection, ms since the epoch. */
  endedAt: number;
  /** Requests that nginx has sent to it. */
  requests: number;
  /** Why it is to be replaced although it does well, or null. */
  worn: string | null;
  /** The last probe's words. */
  detail: string;
  drain: Drain | null;
}

/** Failures that systemd's own restart did not cure. */
export interface Failures {
  count: number;
  lastAt: number;
  /** No new start before this time. */
  until: number;
  message: string;
}

export interface PoolEvent {
  at: number;
  text: string;
}

/** How nginx's weights follow what instances have to spare (Weight=auto). */
export interface Weighing {
  /** When the weights last changed, ms since the epoch. */
  at: number;
  /** By slot: the share of a core that it used of late, averaged. */
  cpu: Record<number, number>;
  /** By slot, 1 to 10; empty: all the same. */
  weights: Record<number, number>;
}

export interface PoolMemory {
  /** From `cgipool scale`, over the pool file's Min= and Max=. */
  range: { min: number; max: number } | null;
  stopped: boolean;
  /** Instances older than this are replaced one by one, ms since the epoch. */
  restartedAt: number;
  /** What autoscaling wants, before min and max. */
  target: number;
  scaling: ScaleState;
  instances: Record<number, InstanceMemory>;
  failures: Failures;
  slotFailures: Record<number, Failures>;
  /** When each slot died and was restarted by systemd, of late, ms since the epoch. */
  deaths: Record<number, number[]>;
  /** The unit text (by when it came) that failures are counted for, ms since the epoch. */
  seenText: number;
  /** The unit text (by when it came) of which an instance was last healthy, ms since the epoch; 0: of none. */
  provenText: number;
  /** When a majority became unhealthy together, or null. */
  panicSince: number | null;
  weighing: Weighing;
  events: PoolEvent[];
}

export interface PublishMemory {
  /** When the wanted set first differed from the published one, or null. */
  differsSince: number | null;
  askedAt: number;
  /** What reloads may cost is used up until then, ms since the epoch: see SPACING. */
  spentUntil: number;
  /** What was last asked for. */
  asked: Live;
  generation: number;
  /** Since something else was asked for. */
  failures: number;
}

/** All that must survive between two looks; JSON, saved under /run. */
export interface Memory {
  version: 1;
  /** False on the very first look: what nginx then already serves was found healthy by a predecessor. */
  seasoned: boolean;
  pools: Record<string, PoolMemory>;
  publish: PublishMemory;
}

export const newInstance = (invocation: string, restarts: number, now: number): InstanceMemory => ({
  invocation,
  restarts,
  phase: 'starting',
  since: now,
  stillborn: 0,
  oks: 0,
  fails: 0,
  busy: false,
  endedAt: 0,
  requests: 0,
  worn: null,
  detail: '',
  drain: null,
});

export const noFailures = (): Failures => ({ count: 0, lastAt: 0, until: 0, message: '' });

export const newPoolMemory = (min: number): PoolMemory => ({
  range: null,
  stopped: false,
  restartedAt: 0,
  target: min,
  scaling: newScaleState(),
  instances: {},
  failures: noFailures(),
  slotFailures: {},
  deaths: {},
  seenText: 0,
  provenText: 0,
  panicSince: null,
  weighing: { at: 0, cpu: {}, weights: {} },
  events: [],
});

export const newMemory = (): Memory => ({
  version: 1,
  seasoned: false,
  pools: {},
  publish: { differsSince: null, askedAt: 0, spentUntil: 0, asked: {}, generation: 0, failures: 0 },
});
