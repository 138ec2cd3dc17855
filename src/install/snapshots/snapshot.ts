import {
  type Infer,
  list,
  nullable,
  number,
  oneOf,
  record,
  stored,
  text,
  type Upgrade,
} from '../../base/schema.ts';
import type { FileContent } from '../../host/files/files.ts';

/** A file of /etc/cgipool as a snapshot has it. */
const snapshotFile = record({
  /** `search.pool`, or `cgipool.conf`. */
  name: text,
  /** Null: it had been removed. */
  text: nullable(text),
  /** Permission bits. */
  mode: number,
  /** Number of the snapshot that this text, or its removal, came with; 0: there never was such a file before. */
  since: number,
});
export type SnapshotFile = Infer<typeof snapshotFile>;

/** The texts of /etc/cgipool that one install put into force. */
const snapshot = record({
  number,
  /** When, ms since the epoch. */
  at: number,
  /** Number of the snapshot that it replaced; null for the first. */
  before: nullable(number),
  files: list(snapshotFile),
});
export type Snapshot = Infer<typeof snapshot>;

/** Version of the record below; raise it when a stored field changes its name or meaning. */
const SNAPSHOTS_SCHEMA = 1;

const snapshots = record({
  version: oneOf(SNAPSHOTS_SCHEMA),
  /** Number of the snapshot that is in force; 0 before the first. */
  current: number,
  /** By number. */
  all: list(snapshot),
});
export type Snapshots = Infer<typeof snapshots>;

const upgrades: readonly Upgrade[] = [];

/** Reads the record of snapshots; null if it is damaged or something else. */
export const parseSnapshots: (value: unknown) => Snapshots | null = stored(snapshots, upgrades);

/** Files of /etc/cgipool, by name. */
export type Files = ReadonlyMap<string, FileContent>;

export const noSnapshots = (): Snapshots => ({ version: SNAPSHOTS_SCHEMA, current: 0, all: [] });

/** The snapshot of that number; null if there is none, or no longer. */
export const find = ({ all }: Snapshots, number: number | null): Snapshot | null =>
  all.find(one => one.number === number) ?? null;

/** The snapshot that is in force. */
export const currentOf = (known: Snapshots): Snapshot | null => find(known, known.current);

/** How many are kept. */
const MAX_SNAPSHOTS = 10;

/** The snapshot in force, and those that rollbacks lead to from there. */
function lineOf(known: Snapshots): Set<number> {
  const line = new Set<number>();
  for (let at = currentOf(known); at; at = find(known, at.before)) line.add(at.number);
  return line;
}

/** Drops the oldest beyond the limit: first of those that no rollback leads to. */
function pruned(known: Snapshots): Snapshots {
  const line = lineOf(known);
  const asides = known.all.filter(({ number }) => !line.has(number));
  const expendable = [...asides, ...known.all.filter(({ number }) => line.has(number))];
  const dropped = new Set(expendable.slice(0, Math.max(0, known.all.length - MAX_SNAPSHOTS)));
  return { ...known, all: known.all.filter(one => !dropped.has(one)) };
}

const nextNumber = ({ all }: Snapshots): number => Math.max(0, ...all.map(({ number }) => number)) + 1;

function add(known: Snapshots, files: SnapshotFile[], at: number): Snapshots {
  const number = nextNumber(known);
  const before = currentOf(known)?.number ?? null;
  return pruned({ ...known, current: number, all: [...known.all, { number, at, before, files }] });
}

function fileOf(
  name: string,
  now: FileContent | null,
  before: SnapshotFile | null,
  number: number,
): SnapshotFile {
  const text = now?.text ?? null;
  const since = before && before.text === text ? before.since : number;
  return { name, text, mode: now?.mode ?? before?.mode ?? 0o600, since };
}

/** What an install records: a further snapshot if a text differs from those in force; a mode alone is noted in the present one. */
export function recordInstall(known: Snapshots, files: Files, now: number): Snapshots {
  const before = currentOf(known);
  const number = nextNumber(known);
  const old = new Map(before?.files.map(file => [file.name, file]));
  const names = [...new Set([...old.keys(), ...files.keys()])].sort();
  const all = names.map(name => fileOf(name, files.get(name) ?? null, old.get(name) ?? null, number));
  if (!before || all.some(({ since }) => since === number)) return add(known, all, now);
  return { ...known, all: known.all.map(one => (one === before ? { ...one, files: all } : one)) };
}

const present = (files: readonly SnapshotFile[]): string =>
  JSON.stringify(files.flatMap(({ name, text, since }) => (text === null ? [] : [[name, text, since]])));

/** What a rollback records: it goes back to the snapshot with these files, or if there is none adds one. */
export function recordRollback(known: Snapshots, files: SnapshotFile[], now: number): Snapshots {
  const same = known.all.find(one => present(one.files) === present(files));
  return same ? { ...known, current: same.number } : add(known, files, now);
}
