import type { RowName } from './results.ts';

/** What is measured: cgipool, or what users would take in its place. */
export interface Subject {
  name: string;
  /** For the page: what it is and how it is set up. */
  about: string;
  /** Through nginx; the worker takes 5 ms a request. */
  url: string;
  /** Rows that it cannot be part of, and why. */
  not: Partial<Record<RowName, string>>;
  /** Once, before the rows: files and programs. */
  prepare(): Promise<void>;
  /** What an administrator writes before so many can be started: nginx's servers. */
  layOut(count: number): Promise<void>;
  /** Starts so many workers; returns as soon as the command does. */
  start(count: number): Promise<void>;
  stop(): Promise<void>;
  /** Process ids of the workers that run now. */
  workers(): Promise<number[]>;
  /** Process ids of what keeps them, without the workers. */
  managers(): Promise<number[]>;
  /** The first port of its workers, which nginx shares out to; null: they share a socket, and any may answer. */
  first: number | null;
  /** systemd does its work, and so the time of PID 1 is its own too. */
  onSystemd?: true;
  /** It has some way to notice a worker that hangs: so long is waited for it, ms. */
  heals?: number;
  /** More workers than this it is not given, and why. */
  most?: { count: number; why: string };
  /** Starts the manager itself anew, where a start of workers does not do so. */
  renew?(): Promise<void>;
  /** Replaces all workers; returns when the command does. */
  restart(): Promise<void>;
  /** Brings a new version of the workers; where nothing is said a restart is all there is. */
  deploy?(): Promise<void>;
  /** Whether a restart has ended, where the command returns before. */
  settled?(): Promise<boolean>;
  /** Starts between so many workers, by the load. */
  startElastic?(min: number, max: number): Promise<void>;
}
