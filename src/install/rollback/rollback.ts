import { basename, join } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import type { FileContent } from '../../host/files/files.ts';
import { noSuchPool, poolFileOf } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import { poolNameOf } from '../../pool-file/pool-file.ts';
import { type InstallPlan, planFor } from '../compare/plan-install.ts';
import { parseFiles, sourcesOf } from '../compare/sources.ts';
import { readInstalled } from '../installed-store.ts';
import type { Machine } from '../machine.ts';
import {
  currentOf,
  type Files,
  recordRollback,
  type Snapshot,
  type SnapshotFile,
  type Snapshots,
} from '../snapshots/snapshot.ts';
import { readSnapshots } from '../snapshots/snapshot-store.ts';
import { stepBack } from './steps.ts';

/** What to roll back: a pool, or null for all; to a snapshot, or null to undo the newest change in force. */
export interface RollbackRequest {
  pool: string | null;
  to: number | null;
}

/** A file of /etc/cgipool that a rollback changes. */
export interface Restore {
  /** `search.pool`, or `cgipool.conf`. */
  name: string;
  /** Null: there is no such file. */
  before: string | null;
  /** Null: the file is removed. */
  after: FileContent | null;
}

/** A rollback as an install of earlier texts. */
export interface RollbackPlan extends InstallPlan {
  restores: Restore[];
  /** Files with changes that have not been installed and that the rollback does not concern: they stay as they are. */
  edited: string[];
}

const LIMITS = { maxBytes: 1024 * 1024, longer: 'is cut', links: 'are followed' } as const;

const pathOf = (name: string): string => join(paths.pools, name);

/** A file that is not for everybody never becomes so by a rollback. */
async function closedMode(
  machine: Machine,
  { name, mode }: SnapshotFile,
  { all }: Snapshots,
): Promise<number> {
  const now = (await machine.read(pathOf(name), LIMITS).catch(() => null))?.mode;
  if (now !== undefined) return now & 0o777;
  const modes = all.flatMap(({ files }) => files.filter(file => file.name === name).map(file => file.mode));
  return modes.reduce((both, one) => both & one, mode);
}

async function contentOf(
  machine: Machine,
  file: SnapshotFile,
  known: Snapshots,
): Promise<[string, FileContent][]> {
  if (file.text === null) return [];
  return [[file.name, { text: file.text, mode: await closedMode(machine, file, known) }]];
}

const readNow = (machine: Machine, name: string): Promise<string | null> =>
  machine.readText(pathOf(name)).catch(() => null);

/** A file in the target, in force, and as it is now: each is null if there is none. */
interface Compared extends Restore {
  inForce: string | null;
}

async function compare(
  machine: Machine,
  target: readonly SnapshotFile[],
  present: Snapshot | null,
  contents: Files,
): Promise<Compared[]> {
  const inForce = new Map(present?.files.map(({ name, text }) => [name, text]));
  const there = (await sourcesOf(machine)).map(path => basename(path));
  const names = [...new Set([...target.map(({ name }) => name), ...there])];
  const each = names.map(async name => ({
    name,
    before: await readNow(machine, name),
    after: contents.get(name) ?? null,
    inForce: inForce.get(name) ?? null,
  }));
  return Promise.all(each);
}

const textAfter = ({ after }: Restore): string | null => after?.text ?? null;

/** Whether the rollback changes the file: what is in force, or where a snapshot was named any text that differs from it. */
const isRestored =
  (file: string | null, to: number | null) =>
  (one: Compared): boolean =>
    textAfter(one) !== one.inForce ||
    (to !== null && (file === null || file === one.name) && textAfter(one) !== one.before);

function fileOf(pool: string | null, known: Snapshots): Result<string | null> {
  if (pool === null) return ok(null);
  const names = new Set(known.all.flatMap(({ files }) => files.map(({ name }) => name)));
  if (names.has(poolFileOf(pool))) return ok(poolFileOf(pool));
  return err(noSuchPool(pool, [...names].filter(name => name.endsWith('.pool')).map(poolNameOf)));
}

/** Compares a machine with earlier texts of its pool files. Changes nothing. Fails if there are no such texts. */
export async function planRollback(
  machine: Machine,
  request: RollbackRequest,
): Promise<Result<RollbackPlan>> {
  const before = await readInstalled(machine);
  const known = await readSnapshots(machine, before);
  const file = fileOf(request.pool, known);
  if (!file.ok) return file;
  const target = stepBack(known, { file: file.value, to: request.to });
  if (!target.ok) return target;
  const contents = new Map((await Promise.all(target.value.map(f => contentOf(machine, f, known)))).flat());
  const plan = await planFor(machine, { read: await parseFiles(machine, contents), before, known });
  const compared = await compare(machine, target.value, currentOf(known), contents);
  const isMeant = isRestored(file.value, request.to);
  const restores = compared.filter(isMeant);
  const edited = compared.filter(one => !isMeant(one) && one.before !== one.inForce).map(({ name }) => name);
  return ok({ ...plan, snapshots: recordRollback(known, target.value, Date.now()), restores, edited });
}
