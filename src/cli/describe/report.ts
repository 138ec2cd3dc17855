import type { Limits } from '../../host/systemd/settings.ts';
import type { InstanceStatus, PoolState } from '../../plan/status/report.ts';

/** A variable that a worker sees. */
export interface EnvironmentVariable {
  name: string;
  /** Null: hidden as a whole, or not known. */
  value: string | null;
  /** Something of it is not shown. */
  hidden: boolean;
  /** Who sets it: `cgipool`, `Environment=`, the path of an `EnvironmentFile=`, `PassEnvironment=` or `systemd`. */
  from: string;
}

/** Schema 1 of `cgipool describe --json`. */
export interface PoolDescription {
  version: 1;
  pool: string;
  description: string;
  /** The pool file. */
  file: string;
  protocol: string;
  location: string | null;
  stream: string | null;
  /** As PoolStatus has it; null while the controller does not answer. */
  state: PoolState | null;
  min: number;
  max: number;
  /** As in the pool file: `8000-8009`. */
  slots: string;
  /** What nginx connects to: of each instance, or if none runs, of the unit below. */
  endpoints: string[];
  /** The unit that the rest is about: an instance that runs, or the one on the first slot. */
  unit: string;
  /** The process whose environment this is; null: it is what systemd would give. */
  process: number | null;
  /** The words of its command line. */
  command: string[];
  user: string;
  /** It exists only while the pool runs (`DynamicUser=`). */
  dynamicUser: boolean;
  environment: EnvironmentVariable[];
  /** Names of the files in `$CREDENTIALS_DIRECTORY`. */
  credentials: string[];
  limits: Limits;
  /** Of all instances together, by the pool's slice. */
  poolLimits: Limits;
  instances: InstanceStatus[];
  /** Units of the pool. */
  units: string[];
  /** Commands that show the journal of the workers. */
  logs: string[];
  /** What could not be found out and why, for people. */
  notes: string[];
}
