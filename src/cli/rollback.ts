import { readInstalled } from '../install/installed-store.ts';
import type { Machine } from '../install/machine.ts';
import { listSnapshots, type RollbackList, type SnapshotReport } from '../install/rollback/list.ts';
import { type Restored, restoreFiles } from '../install/rollback/restore.ts';
import { planRollback, type RollbackPlan, type RollbackRequest } from '../install/rollback/rollback.ts';
import { readSnapshots } from '../install/snapshots/snapshot-store.ts';
import { paths } from '../model/paths.ts';
import { Failure } from './failure.ts';
import { bold, columns, printProblems } from './output.ts';

/** The plan of a rollback. Throws Failure if there is none, or if the earlier files cannot be installed as they are. */
export async function planOf(machine: Machine, request: RollbackRequest): Promise<RollbackPlan> {
  const plan = await planRollback(machine, request);
  if (!plan.ok) throw new Failure(plan.error);
  const { problems, edited } = plan.value;
  for (const name of edited)
    console.log(
      `${machine.at(paths.pools)}/${name}: has changes that are not installed; they stay there, not installed`,
    );
  if (problems.length === 0) return plan.value;
  printProblems(problems, []);
  throw new Failure('the earlier files have mistakes, nothing was changed', 2);
}

function restoredText({ file, isRemoved, rejected }: Restored): string {
  const done = isRemoved ? 'removed, as it was not there' : 'restored the previous version';
  return `${file}: ${done}${rejected === null ? '' : `; the rejected one is ${rejected}`}`;
}

/** Puts the earlier files back into /etc/cgipool, and says so. */
export async function restoreNow(machine: Machine, plan: RollbackPlan): Promise<void> {
  for (const one of await restoreFiles(machine, plan)) console.log(restoredText(one));
}

const HEAD = ['NUMBER', 'TIME', 'CHANGED', 'DIFFERS NOW'];

const row = ({ number, at, installed, changed, differs }: SnapshotReport): string[] => [
  String(number),
  new Date(at).toLocaleString('sv-SE'),
  changed.join(', ') || '-',
  installed ? bold('installed') : differs.join(', ') || '-',
];

function listText({ next, snapshots }: RollbackList): string {
  const back = next.length > 0 ? `changes ${next.join(', ')}` : 'has nothing older to restore';
  return [
    columns([HEAD, ...snapshots.map(row)]),
    `sudo cgipool install --rollback ${back}; with --to NUMBER it restores any of these`,
  ].join('\n');
}

/** `cgipool install --rollback --list [--json]` */
export async function printSnapshots(machine: Machine, isJson: boolean): Promise<void> {
  const list = listSnapshots(await readSnapshots(machine, await readInstalled(machine)));
  if (isJson) console.log(JSON.stringify(list, null, 2));
  else console.log(list.snapshots.length > 0 ? listText(list) : 'nothing has been installed yet');
}
