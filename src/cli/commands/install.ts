import { existsSync } from 'node:fs';
import { readText } from '../../host/files/files.ts';
import type { Change } from '../../install/changes.ts';
import { installFiles } from '../../install/image.ts';
import { installHere } from '../../install/install.ts';
import { Machine } from '../../install/machine.ts';
import { type InstallPlan, planInstall } from '../../install/plan-install.ts';
import { awaitPools } from '../await-pools.ts';
import { Failure, requireRoot } from '../failure.ts';
import { count, green, printProblems, red, yellow } from '../output.ts';

interface InstallOptions {
  root: string;
  dryRun?: boolean;
  /** A pool, or true for all pool files that the last install changed. */
  rollback?: string | boolean;
}

const SIGN: Record<Change['kind'], string> = {
  add: green('+'),
  change: yellow('~'),
  mode: yellow('~'),
  remove: red('-'),
};

function printChanges(changes: readonly Change[], dryRun: boolean): void {
  for (const { kind, path, content } of changes)
    console.log(`${SIGN[kind]} ${path}${kind === 'mode' ? ` (mode 0${content?.mode.toString(8)})` : ''}`);
  if (changes.length === 0) console.log('nothing to change');
  else if (dryRun) console.log(`${count(changes.length, 'file')} would change (dry run)`);
}

/** Throws Failure for what is missing on the machine, before anything is written. */
async function requireMachine(): Promise<void> {
  if (!existsSync('/run/systemd/system'))
    throw new Failure(
      'systemd is not running as PID 1, which cgipool needs (npm run demo boots a private machine)',
    );
  if (!existsSync('/run/dbus/system_bus_socket'))
    throw new Failure('there is no D-Bus system bus: apt-get install dbus, then systemctl start dbus.socket');
  if (
    !existsSync('/usr/share/polkit-1') &&
    (await readText('/usr/lib/systemd/system/polkit.service')) === null
  )
    throw new Failure(
      'polkit is missing; without it the controller cannot start units: apt-get install polkitd',
    );
}

/** The changes that were made and not undone. */
const lasting = ({ changes }: InstallPlan, { wanted }: InstallPlan): Change[] =>
  changes.filter(({ path, content }) => wanted.get(path)?.text === content?.text);

/** Returns how many problems nginx had. */
async function converge(plan: InstallPlan): Promise<number> {
  await requireMachine();
  const { plan: installed, problems, nginx } = await installHere(plan);
  printProblems(problems, []);
  printChanges(lasting(plan, installed), false);
  await awaitPools(nginx.ok);
  if (!nginx.ok) throw new Failure(`nginx configuration unchanged: ${nginx.error}`);
  return problems.length;
}

async function restorePoolFiles(machine: Machine, rollback: string | boolean): Promise<void> {
  const { rollBack } = await import('../../install/rollback.ts');
  const files = await rollBack(machine, typeof rollback === 'string' ? rollback : null);
  if (!files.ok) throw new Failure(files.error);
  for (const file of files.value)
    console.log(`${file}: restored the previous version; the rejected one is ${file}.rejected`);
}

/** `cgipool install [--dry-run] [--root DIR] [--rollback [POOL]]` */
export async function install({ root, dryRun = false, rollback = false }: InstallOptions): Promise<void> {
  if (dryRun && rollback !== false) throw new Failure('--rollback and --dry-run cannot be combined', 2);
  const machine = new Machine(root);
  if (machine.isHere && dryRun)
    requireRoot('cgipool install --dry-run', 'reads files that only root can read');
  else if (machine.isHere) requireRoot('cgipool install');
  if (rollback !== false) await restorePoolFiles(machine, rollback);
  const plan = await planInstall(machine);
  printProblems(plan.problems, plan.warnings);
  let refused = 0;
  if (dryRun) printChanges(plan.changes, true);
  else if (machine.isHere) refused = await converge(plan);
  else {
    await installFiles(machine, plan);
    printChanges(plan.changes, false);
  }
  if (plan.problems.length + refused > 0)
    throw new Failure('pools with mistakes keep their installed configuration', 2);
}
