import type { Change } from '../../install/changes.ts';
import { type InstallPlan, planInstall } from '../../install/compare/plan-install.ts';
import { installFiles } from '../../install/image.ts';
import { installHere, restartsController } from '../../install/install.ts';
import { Machine } from '../../install/machine.ts';
import type { RollbackPlan } from '../../install/rollback/rollback.ts';
import type { Status } from '../../plan/status/report.ts';
import { askStatus } from '../client.ts';
import { Failure, requireRoot } from '../failure.ts';
import { printProblems } from '../output.ts';
import { type Doings, printDiffs, printPlan } from '../print-plan.ts';
import { requireMachine } from '../require-machine.ts';
import { planOf, printSnapshots, restoreNow } from '../rollback.ts';
import { awaitInstall } from '../rollout/await-install.ts';
import { effectsOf } from '../rollout/effect.ts';

interface InstallOptions {
  root: string;
  dryRun?: boolean;
  wait: boolean;
  /** A pool, or true for all files that the last install changed. */
  rollback?: string | boolean;
  /** Number of a snapshot. */
  to?: string;
  list?: boolean;
  json?: boolean;
}

/** What an install does to this machine. `status`: null if no controller runs. */
const doingsHere = async (plan: InstallPlan, status: Status | null): Promise<Doings> => ({
  effects: effectsOf(plan, status),
  isRestarted: await restartsController(plan).catch(() => false),
});

/** In an image nothing runs: pools are named only if no file says what changes. */
function doingsIn(plan: InstallPlan): Doings {
  const effects = plan.changes.length > 0 ? [] : effectsOf(plan, null);
  return { effects: effects.map(effect => ({ ...effect, instances: null })), isRestarted: false };
}

const statusNow = (): Promise<Status | null> => askStatus().catch(() => null);

/** The changes that were made and not undone. */
const lasting = ({ changes }: InstallPlan, { wanted }: InstallPlan): Change[] =>
  changes.filter(({ path, content }) => wanted.get(path)?.text === content?.text);

/** Returns how many problems nginx had. */
async function converge(plan: InstallPlan, isAwaited: boolean): Promise<number> {
  const before = await statusNow();
  const { isRestarted } = await doingsHere(plan, before);
  const { plan: installed, problems, warnings, nginx } = await installHere(plan);
  printProblems(problems, warnings);
  const done = { ...installed, changes: lasting(plan, installed) };
  const effects = effectsOf(done, before);
  printPlan(done, { effects, isRestarted }, false);
  const failure = isAwaited ? await awaitInstall({ effects, before, isNginxUpdated: nginx.ok }) : null;
  if (!nginx.ok) throw new Failure(`nginx configuration unchanged: ${nginx.error}`);
  if (failure !== null) throw new Failure(failure);
  return problems.length;
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

type Plan = InstallPlan | RollbackPlan;

const planFor = (machine: Machine, { rollback = false, to }: InstallOptions): Promise<Plan> =>
  rollback === false
    ? planInstall(machine)
    : planOf(machine, {
        pool: typeof rollback === 'string' ? rollback : null,
        to: to === undefined ? null : Number(to),
      });

async function dryRun(machine: Machine, plan: InstallPlan): Promise<0> {
  printDiffs(plan);
  printPlan(plan, machine.isHere ? await doingsHere(plan, await statusNow()) : doingsIn(plan), true);
  return 0;
}

/** Returns how many problems nginx had. */
async function apply(machine: Machine, plan: Plan, isAwaited: boolean): Promise<number> {
  if (machine.isHere) await requireMachine();
  if ('restores' in plan) await restoreNow(machine, plan);
  if (machine.isHere) return converge(plan, isAwaited);
  await installFiles(machine, plan);
  printPlan(plan, doingsIn(plan), false);
  return 0;
}

/** `cgipool install [--dry-run] [--no-wait] [--root DIR] [--rollback [POOL] [--to NUMBER | --list [--json]]]` */
export async function install(options: InstallOptions): Promise<void> {
  requireSense(options);
  const machine = new Machine(options.root);
  requireRights(machine, options);
  if (options.list) return printSnapshots(machine, options.json ?? false);
  const plan = await planFor(machine, options);
  printProblems(plan.problems, plan.warnings);
  const refused = options.dryRun ? await dryRun(machine, plan) : await apply(machine, plan, options.wait);
  if (plan.problems.length + refused > 0)
    throw new Failure('pools with mistakes keep their installed configuration', 2);
}
