import type { ActiveState, LoadSample, ProbeOutcome, Unit, WakeSocket } from '../model/observed.ts';
import type { Published } from '../model/routing.ts';
import type { Signals, Traffic } from '../scale/signals.ts';

/** What an administrator asked for since the last pass. */
export type Command =
  | { kind: 'scale'; pool: string; range: { min: number; max: number } | null }
  | { kind: 'restart' | 'start' | 'stop'; pool: string };

/** Everything that one pass at the machine saw. */
export interface World {
  units: Unit[];
  /** Since the last pass, oldest first. */
  probes: ProbeOutcome[];
  /** Empty when this pass took no sample. */
  load: LoadSample[];
  /** Of instances in whose place somebody else listens: who, in words, by the instance's unit name. */
  strangers: ReadonlyMap<string, string>;
  /** TCP ports of loopback or any address on which something listens. */
  listening: ReadonlySet<number>;
  published: Published | null;
  /** The publish step is running. */
  publishing: boolean;
  /** At a tick, by pool; nothing where nothing was measured. */
  signals: Record<string, Signals>;
  /** At a tick, by pool: when there was last something to do, or not known to be nothing, ms since the epoch. */
  activeAt: Record<string, number>;
  /** By pool; nothing where nginx is not heard. */
  traffic: Record<string, Traffic>;
  /** Why this machine cannot bear more instances, in words; null: it can. */
  ceiling: string | null;
  /** The name of the schedule in force, by pool. */
  schedules: Record<string, string>;
  wakeSockets: WakeSocket[];
  /** nginx.service; null where systemd has no such unit. */
  nginx: ActiveState | null;
  /** The autoscale timer ticked since the last pass. */
  tick: boolean;
  commands: Command[];
}

/** A pass that saw nothing. */
export const nothingSeen = (): World => ({
  units: [],
  probes: [],
  load: [],
  strangers: new Map(),
  listening: new Set(),
  published: null,
  publishing: false,
  signals: {},
  activeAt: {},
  traffic: {},
  ceiling: null,
  schedules: {},
  wakeSockets: [],
  nginx: null,
  tick: false,
  commands: [],
});
