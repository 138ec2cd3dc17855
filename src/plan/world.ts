import type {
  ActiveState,
  Clue,
  FailedStart,
  LoadSample,
  Need,
  ProbeOutcome,
  Unit,
  WakeSocket,
} from '../model/observed.ts';
import type { Published } from '../model/routing.ts';
import type { Heard } from '../scale/heard.ts';
import type { Signals, Traffic } from '../scale/signals.ts';

/** An administrator's command. */
export type Command =
  | { kind: 'scale'; pool: string; range: { min: number; max: number } | null }
  | { kind: 'restart' | 'start' | 'stop'; pool: string };

/** Everything that one pass observed. Times are ms of the monotonic clock. */
export interface World {
  /** The time of day, ms since the epoch, when the monotonic clock was at 0: for people. */
  epoch: number;
  units: Unit[];
  /** Since the last pass, oldest first. */
  probes: ProbeOutcome[];
  /** Empty if this pass took no sample. */
  load: LoadSample[];
  /** The users of other programs that listen in an instance's place, by the instance's unit name. */
  strangers: ReadonlyMap<string, string>;
  /** TCP ports with a listener, on loopback or the any address. */
  listening: ReadonlySet<number>;
  /** Socket files of running instances that are there. */
  socketFiles: ReadonlySet<string>;
  /** By unit name, of those that Plan.suspects named. */
  clues: ReadonlyMap<string, Clue>;
  published: Published | null;
  /** The publish step is running. */
  publishing: boolean;
  /** By pool, set at a tick only; pools without measurements are missing. */
  signals: Record<string, Signals>;
  /** By pool, set at a tick only: when it last had, or may have had, work to do. */
  activeAt: Record<string, number>;
  /** By pool; pools whose access log is not read are missing. */
  traffic: Record<string, Traffic>;
  /** By pool; of which nginx does not report all requests, and what shows that. */
  unheard: Record<string, Heard>;
  /** Of the machine, as far as the controller may use them. */
  cores: number;
  /** Why this machine has no memory for more instances; null if it has. */
  ceiling: string | null;
  /** The name of the schedule in force, by pool. */
  schedules: Record<string, string>;
  wakeSockets: WakeSocket[];
  /** nginx.service; null where systemd has no such unit. */
  nginx: ActiveState | null;
  /** It should run, and its control port does not answer. */
  isNginxSilent: boolean;
  /** The units that pools require; those that systemd has not loaded are missing. */
  needs: ReadonlyMap<string, Need>;
  /** Starts and restarts that came to nothing since the last pass. */
  failedStarts: FailedStart[];
  /** The autoscale timer ticked since the last pass. */
  tick: boolean;
  commands: Command[];
}

/** A pass that observed nothing. */
export const nothingSeen = (): World => ({
  epoch: 0,
  units: [],
  probes: [],
  load: [],
  strangers: new Map(),
  listening: new Set(),
  socketFiles: new Set(),
  clues: new Map(),
  published: null,
  publishing: false,
  signals: {},
  activeAt: {},
  traffic: {},
  unheard: {},
  cores: 1,
  ceiling: null,
  schedules: {},
  wakeSockets: [],
  nginx: null,
  isNginxSilent: false,
  needs: new Map(),
  failedStarts: [],
  tick: false,
  commands: [],
});
