import { err, ok, type Result } from '../../base/result.ts';
import { currentOf, find, type Snapshot, type SnapshotFile, type Snapshots } from '../snapshots/snapshot.ts';

/** What to roll back. */
export interface RollbackRequest {
  /** A file of /etc/cgipool; null for all. */
  file: string | null;
  /** Number of the snapshot to restore; null: undo the newest change that is in force. */
  to: number | null;
}

const LIST = 'see cgipool install --rollback --list';

/** The file in a snapshot, or its absence. */
const fileIn = ({ files }: Snapshot, { name, mode }: SnapshotFile): SnapshotFile =>
  files.find(file => file.name === name) ?? { name, text: null, mode, since: 0 };

/** The files of the present snapshot, and those that only the other has, as absent. */
function filesOf(present: Snapshot, other: Snapshot): SnapshotFile[] {
  const names = new Set(present.files.map(({ name }) => name));
  const more = other.files
    .filter(({ name }) => !names.has(name))
    .map(file => ({ ...file, text: null, since: 0 }));
  return [...present.files, ...more];
}

function filesAt(
  present: Snapshot,
  other: Snapshot,
  isMeant: (file: SnapshotFile) => boolean,
): SnapshotFile[] {
  return filesOf(present, other).map(file => (isMeant(file) ? fileIn(other, file) : file));
}

const isNamed =
  (file: string | null) =>
  ({ name }: SnapshotFile): boolean =>
    file === null || name === file;

/** The files once the newest change in force, of one file or of all, is undone. */
function oneBack(known: Snapshots, present: Snapshot, file: string | null): Result<SnapshotFile[]> {
  const newest = Math.max(0, ...present.files.filter(isNamed(file)).map(({ since }) => since));
  const before = find(known, find(known, newest)?.before ?? null);
  const what = file === null ? '' : `${file}: `;
  if (!before) return err(`${what}nothing older than what is installed is kept: ${LIST}`);
  return ok(filesAt(present, before, f => isNamed(file)(f) && f.since === newest));
}

/** The files of /etc/cgipool once rolled back as requested. Fails if that is not kept. */
export function stepBack(known: Snapshots, { file, to }: RollbackRequest): Result<SnapshotFile[]> {
  const present = currentOf(known);
  if (!present) return err('nothing has been installed yet');
  if (to === null) return oneBack(known, present, file);
  const wanted = find(known, to);
  return wanted ? ok(filesAt(present, wanted, isNamed(file))) : err(`there is no snapshot ${to}: ${LIST}`);
}

/** The names of the files whose texts differ. */
export function differing(a: Snapshot, b: Pick<Snapshot, 'files'> | null): string[] {
  const [left, right] = [a.files, b?.files ?? []].map(files => new Map(files.map(f => [f.name, f.text])));
  const names = [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])].sort();
  return names.filter(name => (left?.get(name) ?? null) !== (right?.get(name) ?? null));
}
