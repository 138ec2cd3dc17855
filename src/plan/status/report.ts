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
  /** ISO 8601, or null when it does not run. */
  startedAt: string | null;
  /** By systemd, since it was last started on purpose. */
  restarts: number;
  published: boolean;
  /** One of Backup=: nginx sends to it only while no other answers. */
  backup: boolean;
  /** With Weight=auto: its share of the requests beside the others, 1 to 10; null: the same as all. */
  weight: number | null;
  /** Runs an older unit text than the installed one. */
  stale: boolean;
  /** Share of one core over the last second or two, or null. */
  cpu: number | null;
  /** Open connections, waiting ones included, or null. */
  connections: number | null;
  /** The last probe, or what it waits for. */
  detail: string;
}

export interface PoolStatus {
  name: string;
  description: string;
  location: string | null;
  /** With Protocol=tcp: what nginx listens on for it. */
  stream: string | null;
  state: 'ok' | 'degraded' | 'down' | 'asleep' | 'stopped';
  desired: number;
  min: number;
  max: number;
  healthy: number;
  /** Set by `cgipool scale`, over the pool file. */
  byHand: boolean;
  /** The schedule in force, or null. */
  schedule: string | null;
  /** What nginx tells of the last seconds (StableWindow=); null where it tells nothing. */
  traffic: Traffic | null;
  /** What an administrator should know, in words. */
  problems: string[];
  instances: InstanceStatus[];
}

/** Schema 1 of `cgipool status --json` and /pool-status. */
export interface Status {
  version: 1;
  at: string;
  generation: number | null;
  problems: string[];
  pools: PoolStatus[];
}

/** What `cgipool why` prints. */
export interface Why {
  version: 1;
  pool: string;
  desired: number;
  /** The last one. */
  decision: Decision | null;
  /** The last hundred of those that changed something, or said something new; oldest first. */
  decisions: Decision[];
  events: PoolEvent[];
}
