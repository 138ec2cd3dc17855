import type { Decision } from '../../scale/decision.ts';
import type { Traffic } from '../../scale/signals.ts';
import type { PoolEvent } from '../state/memory.ts';

export type InstanceState =
  | 'starting'
  | 'healthy'
  | 'unhealthy'
  | 'restarting'
  | 'draining'
  | 'backing-off'
  | 'stopping';

export interface InstanceStatus {
  slot: number;
  unit: string;
  endpoint: string;
  state: InstanceState;
  /** 0 between lives. */
  pid: number;
  /** ISO 8601, or null if it does not run. */
  startedAt: string | null;
  /** Automatic restarts by systemd since the unit was last started. */
  restarts: number;
  published: boolean;
  /** On a slot of Backup=: nginx sends to it only while no other instance answers. */
  backup: boolean;
  /** With Weight=auto: its weight in nginx, 1 to 10; null if all are equal. */
  weight: number | null;
  /** A rollout will replace it: it runs an older revision, is on a slot that is gone, or `cgipool restart` asked for it. */
  outdated: boolean;
  /** To be replaced: it is outdated, or reached a limit. */
  stale: boolean;
  /** Share of one core over the last second or two, or null. */
  cpu: number | null;
  /** Open connections, waiting ones included, or null. */
  connections: number | null;
  /** The result of the last probe, or why it drains or failed. */
  detail: string;
}

/** Whether a request would be answered. */
export type PoolState = 'ok' | 'degraded' | 'down' | 'asleep' | 'stopped';

export interface PoolStatus {
  name: string;
  description: string;
  location: string | null;
  /** With Protocol=tcp: the address that nginx listens on. */
  stream: string | null;
  state: PoolState;
  desired: number;
  /** What autoscaling wants, whatever the range. */
  target: number;
  min: number;
  max: number;
  healthy: number;
  /**
   * Of the present revision, or after `cgipool restart`. complete: as many healthy instances as desired, and no older ones. halted: no
   * new instance comes up, or other programs have their ports; it is still tried now and then.
   */
  rollout: 'complete' | 'progressing' | 'halted';
  /** Stops of the last hour that needed SIGKILL. */
  killed: number;
  /** The range was set by `cgipool scale`, which overrides the pool file. */
  byHand: boolean;
  /** The schedule in force, or null. */
  schedule: string | null;
  /** From nginx's log, over StableWindow=; null if nginx does not log this pool. */
  traffic: Traffic | null;
  /** For people. */
  problems: string[];
  instances: InstanceStatus[];
}

/** Schema 1 of `cgipool status --json` and /pool-status. */
export interface Status {
  version: 1;
  at: string;
  /** When what this goes by was installed, ISO 8601; null until the controller's first pass. */
  installedAt: string | null;
  generation: number | null;
  problems: string[];
  pools: PoolStatus[];
}

/** The report that `cgipool why` prints. */
export interface Why {
  version: 1;
  pool: string;
  desired: number;
  /** The last one. */
  decision: Decision | null;
  /** The last hundred that changed the number or its reason, oldest first. */
  decisions: Decision[];
  events: PoolEvent[];
}
