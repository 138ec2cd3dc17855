import type { Pool, Site } from './pool.ts';

/** A pool as it was last installed, with what the planner and publish need beside it. */
export interface InstalledPool {
  pool: Pool;
  /** When the unit text last changed, ms since the epoch: instances started before it are stale. */
  changedAt: number;
}

/** What `cgipool install` left on the machine: root writes it, controller and publish read it. */
export interface Installed {
  version: 1;
  site: Site;
  pools: InstalledPool[];
}
