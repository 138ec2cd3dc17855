import { existsSync } from 'node:fs';
import { readText } from '../../host/files/files.ts';
import type { Change } from '../../install/changes.ts';
import { type InstallPlan, installFiles, installHere, planInstall } from '../../install/install.ts';
import { Machine } from '../../install/machine.ts';
import type { RollbackPlan } from '../../install/rollback/rollback.ts';
import { paths } from '../../model/paths.ts';
import { awaitPools } from '../await-pools.ts';
import { unifiedDiff } from '../diff.ts';
import { Failure, requireRoot } from '../failure.ts';
import { count, green, printProblems, red, yellow } from '../output.ts';
import { planOf, printSnapshots, restoreNow } from '../rollback.ts';

interface InstallOptions {
  root: string;
  dryRun?: boolean;
  /** A pool, or true for all files that the last install changed. */
  rollback?: string | boolean;
  /** Number of a snapshot. */
  to?: string;
  list?: boolean;
  json?: boolean;
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

async function converge(plan: InstallPlan): Promise<void> {
  const nginx = await installHere(plan);
  printChanges(plan.changes, false);
  await awaitPools(nginx.ok);
  if (!nginx.ok) throw new Failure(`nginx configuration unchanged: ${nginx.error}`);
}

/** Throws Failure for options that mean nothing together. */
function requireSense({ rollback = false, to, list, json, dryRun }: InstallOptions): void {
  const alone = Object.entries({ to: to !== undefined, list }).find(([, isGiven]) => isGiven)?.[0];
  if (rollback === false && alone) throw new Failure(`--${alone} needs --rollback`, 2);
  if (json && !list) throw new Failure('--json needs --rollback --list', 2);
  if (list && (typeof rollback === 'string' || to !== undefined || dryRun))
    throw new Failure('--rollback --list takes only --json and --root', 2);
  if (to !== undefined && !/^\d+$/.test(to))
    throw new Failure(`--to ${to} is not the number of a snapshot`, 2);
}

function requireRights(machine: Machine, { rollback, list, dryRun }: InstallOptions): void {
  if (!machine.isHere) return;
  const reads = list ? ' --list' : dryRun ? ' --dry-run' : '';
  const command = `cgipool install${reads && rollback ? ' --rollback' : ''}${reads}`;
  requireRoot(command, reads ? 'reads files that only root can read' : undefined);
}

const planFor = (machine: Machine, { rollback = false, to }: InstallOptions): Promise<InstallPlan> =>
  rollback === false
    ? planInstall(machine)
    : planOf(machine, {
        pool: typeof rollback === 'string' ? rollback : null,
        to: to === undefined ? null : Number(to),
      });

/** Shows what would change: the texts of pool files, and the files that are written from them. */
function printDryRun({ present, files, changes }: InstallPlan): void {
  const before = new Map(present?.files.map(({ name, text }) => [name, text]));
  for (const name of [...new Set([...before.keys(), ...files.keys()])].sort()) {
    const diff = unifiedDiff(
      `${paths.pools}/${name}`,
      before.get(name) ?? null,
      files.get(name)?.text ?? null,
    );
    if (diff !== '') console.log(diff);
  }
  printChanges(changes, true);
}

async function apply(machine: Machine, plan: InstallPlan): Promise<void> {
  if (machine.isHere) await requireMachine();
  if ('restores' in plan) await restoreNow(machine, plan as RollbackPlan);
  if (machine.isHere) return converge(plan);
  await installFiles(machine, plan);
  printChanges(plan.changes, false);
}

/** `cgipool install [--dry-run] [--root DIR] [--rollback [POOL] [--to NUMBER | --list [--json]]]` */
export async function install(options: InstallOptions): Promise<void> {
  requireSense(options);
  const machine = new Machine(options.root);
  requireRights(machine, options);
  if (options.list) return printSnapshots(machine, options.json ?? false);
  const plan = await planFor(machine, options);
  printProblems(plan.problems, plan.warnings);
  if (options.dryRun) printDryRun(plan);
  else await apply(machine, plan);
  if (plan.problems.length > 0)
    throw new Failure('pools with mistakes keep their installed configuration', 2);
}
