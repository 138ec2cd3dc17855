import { existsSync } from 'node:fs';
import { readText } from '../../host/files/files.ts';
import type { Change } from '../../install/changes.ts';
import { type InstallPlan, installFiles, installHere, planInstall } from '../../install/install.ts';
import { awaitPools } from '../await-pools.ts';
import { Failure, requireRoot } from '../failure.ts';
import { count, green, printProblems, red, yellow } from '../output.ts';

export interface InstallOptions {
  root: string;
  dryRun?: boolean;
  /** The pool, or true for all that the last install changed. */
  rollback?: string | boolean;
}

const SIGN: Record<Change['kind'], string> = { add: green('+'), change: yellow('~'), remove: red('-') };

function printChanges(changes: readonly Change[], dryRun: boolean): void {
  for (const { kind, path } of changes) console.log(`${SIGN[kind]} ${path}`);
  if (changes.length === 0) console.log('nothing to change');
  else if (dryRun) console.log(`${count(changes.length, 'file')} would change; nothing was touched`);
}

/** What a machine needs before anything is written, each with its cure. */
async function requireMachine(): Promise<void> {
  if (!existsSync('/run/systemd/system'))
    throw new Failure(
      'systemd is not running here: cgipool needs it as PID 1 (npm run demo boots a machine of its own)',
    );
  if (!existsSync('/run/dbus/system_bus_socket'))
    throw new Failure('there is no D-Bus system bus: apt-get install dbus, then systemctl start dbus.socket');
  if (
    !existsSync('/usr/share/polkit-1') &&
    (await readText('/usr/lib/systemd/system/polkit.service')) === null
  )
    throw new Failure(
      'polkit is missing, without which the controller may start nothing: apt-get install polkitd',
    );
}

async function converge(plan: InstallPlan): Promise<void> {
  await requireMachine();
  const nginx = await installHere(plan);
  printChanges(plan.changes, false);
  await awaitPools(nginx.ok);
  if (!nginx.ok) throw new Failure(`nginx was left as it was: ${nginx.error}`);
}

async function restorePoolFiles(root: string, rollback: string | boolean): Promise<void> {
  const { rollBack } = await import('../../install/rollback.ts');
  const files = await rollBack(root, typeof rollback === 'string' ? rollback : null);
  if (!files.ok) throw new Failure(files.error);
  for (const file of files.value)
    console.log(`${file}: the text before is back; the other is in ${file}.rejected`);
}

/** `cgipool install [--dry-run] [--root DIR] [--rollback [POOL]]` */
export async function install({ root, dryRun = false, rollback = false }: InstallOptions): Promise<void> {
  if (dryRun && rollback !== false) throw new Failure('--rollback and --dry-run do not go together', 2);
  if (root === '/' && dryRun) requireRoot('cgipool install --dry-run', 'reads what is for root only');
  else if (root === '/') requireRoot('cgipool install');
  if (rollback !== false) await restorePoolFiles(root, rollback);
  const plan = await planInstall(root);
  printProblems(plan.problems, plan.warnings);
  if (dryRun) printChanges(plan.changes, true);
  else if (root === '/') await converge(plan);
  else {
    await installFiles(root, plan);
    printChanges(plan.changes, false);
  }
  if (plan.problems.length > 0) throw new Failure('the pools of the files above stay as they were', 2);
}
