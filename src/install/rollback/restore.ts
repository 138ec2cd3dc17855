import { paths } from '../../model/paths.ts';
import type { Machine } from '../machine.ts';
import type { Snapshots } from '../snapshots/snapshot.ts';
import type { Restore, RollbackPlan } from './rollback.ts';

/** What became of a file of /etc/cgipool. */
export interface Restored {
  file: string;
  isRemoved: boolean;
  /** Where the text is that it had; null if it had none. */
  rejected: string | null;
}

const isKept = ({ all }: Snapshots, text: string): boolean =>
  all.some(({ files }) => files.some(file => file.text === text));

/** A name for a rejected text, which is not a pool file's. A text that no snapshot has is never overwritten. */
async function nameFor(machine: Machine, file: string, text: string, known: Snapshots): Promise<string> {
  for (let i = 1; ; i++) {
    const name = `${file}.rejected${i === 1 ? '' : `-${i}`}`;
    const there = await machine.readText(name).catch(() => '');
    if (there === null || there === text || isKept(known, there)) return name;
  }
}

async function setAside(machine: Machine, file: string, text: string, known: Snapshots): Promise<string> {
  const name = await nameFor(machine, file, text, known);
  await machine.write(name, text, (await machine.modeOf(file)) ?? 0o600);
  return machine.at(name);
}

async function restore(
  machine: Machine,
  { name, before, after }: Restore,
  known: Snapshots,
): Promise<Restored> {
  const file = `${paths.pools}/${name}`;
  const isReplaced = before !== null && before !== after?.text;
  const rejected = isReplaced ? await setAside(machine, file, before, known) : null;
  if (after) await machine.write(file, after.text, after.mode);
  else await machine.remove(file);
  return { file: machine.at(file), isRemoved: after === null, rejected };
}

/** Gives the files of /etc/cgipool their earlier texts. The present ones are kept as FILE.rejected. */
export async function restoreFiles(
  machine: Machine,
  { restores, snapshots }: RollbackPlan,
): Promise<Restored[]> {
  const done: Restored[] = [];
  for (const one of restores) done.push(await restore(machine, one, snapshots));
  return done;
}
