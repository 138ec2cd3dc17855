import type { RowName } from './results.ts';

/** What is measured: cgipool, or an alternative to it. */
export interface Subject {
  name: string;
  /** What it is and how it is set up, for the page. */
  about: string;
  /** URL through nginx; the worker takes 5 ms per request. */
  url: string;
  /** Rows that it cannot take part in, and why. */
  not: Partial<Record<RowName, string>>;
  /** Installs files and programs, once before all rows. */
  prepare(): Promise<void>;
  /** Configures nginx for `count` workers. */
  layOut(count: number): Promise<void>;
  /** Starts `count` workers; returns when the command does. */
  start(count: number): Promise<void>;
  stop(): Promise<void>;
  /** Process ids of the workers that run now. */
  workers(): Promise<number[]>;
  /** Process ids of the manager, without the workers. */
  managers(): Promise<number[]>;
  /** The first port of its workers, which nginx balances; null: they share a socket, and any may answer. */
  first: number | null;
  /** systemd does its work, so the CPU time of PID 1 counts as its own. */
  onSystemd?: true;
  /** It can notice a hung worker: how long to wait for that, ms. */
  heals?: number;
  /** The maximum of workers to give it, and why. */
  most?: { count: number; why: string };
  /** Restarts the manager itself, if starting workers does not. */
  renew?(): Promise<void>;
  /** Replaces all workers; returns when the command does. */
  restart(): Promise<void>;
  /** Deploys a new version of the workers; absent if a restart is all there is. */
  deploy?(): Promise<void>;
  /** Whether a restart has ended, if its command returns earlier. */
  settled?(): Promise<boolean>;
  /** Starts between `min` and `max` workers, by load. */
  startElastic?(min: number, max: number): Promise<void>;
}
