import { poolNameOf } from '../../pool-file/pool-file.ts';
import { currentOf, find, type Snapshot, type Snapshots } from '../snapshots/snapshot.ts';
import { differing, stepBack } from './steps.ts';

/** One set of pool files, as `cgipool install --rollback --list` shows it. */
export interface SnapshotReport {
  number: number;
  /** When it was installed first, ISO 8601. */
  at: string;
  /** It is what is installed now. */
  installed: boolean;
  /** The pools that it changed, compared with what it replaced; cgipool.conf among them. */
  changed: string[];
  /** The pools that differ from what is installed now. */
  differs: string[];
}

/** What `cgipool install --rollback --list --json` prints. */
export interface RollbackList {
  version: 1;
  /** The pools that the next `cgipool install --rollback` changes; empty if nothing older is kept. */
  next: string[];
  /** The newest first. */
  snapshots: SnapshotReport[];
}

const reportOf = (known: Snapshots, one: Snapshot): SnapshotReport => ({
  number: one.number,
  at: new Date(one.at).toISOString(),
  installed: one.number === known.current,
  changed: differing(one, find(known, one.before)).map(poolNameOf),
  differs: differing(one, currentOf(known)).map(poolNameOf),
});

function nextOf(known: Snapshots): string[] {
  const files = stepBack(known, { file: null, to: null });
  const present = currentOf(known);
  return files.ok && present ? differing(present, { files: files.value }).map(poolNameOf) : [];
}

/** What can be rolled back to. */
export const listSnapshots = (known: Snapshots): RollbackList => ({
  version: 1,
  next: nextOf(known),
  snapshots: known.all.map(one => reportOf(known, one)).reverse(),
});
