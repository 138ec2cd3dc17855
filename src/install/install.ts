import type { Problem, Result } from '../base/result.ts';
import { Bus } from '../host/systemd/bus.ts';
import { unitProperty } from '../host/systemd/systemd.ts';
import type { Installed } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Published } from '../model/routing.ts';
import { CONTROLLER_BUS, CONTROLLER_UNIT } from '../model/services.ts';
import {
  needsRestart,
  reread,
  shareWithController,
  startController,
  startLogSocket,
  startNginx,
} from './activate.ts';
import { changedTexts, writeChanges } from './changes.ts';
import { isNginx } from './compare/desired-files.ts';
import { type Given, type InstallPlan, planFor } from './compare/plan-install.ts';
import { awaitDrained, removeWakeSockets } from './detach-nginx.ts';
import { noteAccepted, restoreInstalled, writeInstalled } from './installed-store.ts';
import { Machine } from './machine.ts';
import { holdSockets } from './nginx-sockets.ts';
import { begin, finish, unfinished } from './pending.ts';
import { isOfSite, problemsOf, publishNow, publishWarnings } from './publish-now.ts';
import { ensureSecret, renewSecret } from './secret.ts';
import { writeSnapshots } from './snapshots/snapshot-store.ts';

/** Makes a running controller read the new pools. */
async function reloadController(bus: Bus): Promise<void> {
  await bus.call({ ...CONTROLLER_BUS, member: 'Reload' });
}

async function applyToController(bus: Bus, touched: readonly string[], recorded: boolean): Promise<void> {
  const restart = await needsRestart(bus, touched);
  await startLogSocket(touched);
  await startController(restart);
  if (recorded && !restart) await reloadController(bus);
}

/**
 * Waits until removed pools, which are unpublished, have answered their requests; then the controller may stop them.
 */
async function awaitRemoved(before: Installed | null, pools: readonly Pool[]): Promise<void> {
  const names = new Set(pools.map(pool => pool.name));
  const gone = (before?.pools ?? []).filter(({ pool }) => !names.has(pool.name));
  if (gone.length > 0) await awaitDrained(gone.map(({ pool }) => pool));
}

/** Writes the files of a plan, nginx's excepted, and has the daemons read them. Returns the paths that differed. */
async function apply(bus: Bus, machine: Machine, plan: InstallPlan): Promise<string[]> {
  const own = plan.changes.filter(change => !isNginx(change.path));
  const touched = [...new Set([...changedTexts(own), ...(await unfinished())])];
  // before anything takes effect: what is replaced is kept, whatever happens next
  await writeSnapshots(machine, plan.snapshots);
  await begin(touched);
  await writeChanges(machine, own, plan.wanted);
  await reread(bus, touched);
  return touched;
}

/** Records what is installed, and what nginx goes back to if it refuses that. Returns whether the record changed. */
async function recordPlan(machine: Machine, plan: InstallPlan, touched: readonly string[]): Promise<boolean> {
  await noteAccepted(machine);
  const recorded = await writeInstalled(machine, plan, touched);
  // its directory sees to it, unless somebody made that anew
  await shareWithController(paths.installed);
  return recorded;
}

/** Puts back pools that nginx refuses, as mistakes in their files would have left them. */
async function withdraw(
  bus: Bus,
  machine: Machine,
  given: Given,
  refused: readonly Problem[],
): Promise<{ plan: InstallPlan; touched: string[]; published: Result<Published> }> {
  const plan = await planFor(machine, given, refused);
  const touched = await apply(bus, machine, plan);
  await restoreInstalled(machine, plan, given.before);
  await shareWithController(paths.installed);
  return { plan, touched, published: await publishNow() };
}

/** Whether an install restarts the running controller. */
export async function restartsController({ changes }: InstallPlan): Promise<boolean> {
  const bus = await Bus.connect();
  try {
    const state = await unitProperty(bus, CONTROLLER_UNIT, 'Unit', 'ActiveState');
    return state === 'active' && (await needsRestart(bus, changedTexts(changes)));
  } finally {
    bus.close();
  }
}

/** What came of an install. */
export interface Outcome {
  /** What is installed. */
  plan: InstallPlan;
  /** What nginx refuses of it; the pools concerned keep their installed configuration. */
  problems: Problem[];
  /** What nginx warns of, and edits of others that are gone. */
  warnings: string[];
  /** Why nginx keeps its configuration as it was. */
  nginx: Result<unknown>;
}

/** Applies the plan to this machine. If nginx has a problem, everything else is installed all the same. */
export async function installHere(plan: InstallPlan): Promise<Outcome> {
  const machine = new Machine();
  const bus = await Bus.connect();
  try {
    return await installBy(bus, machine, plan);
  } finally {
    bus.close();
  }
}

async function installBy(bus: Bus, machine: Machine, asked: InstallPlan): Promise<Outcome> {
  const { before } = asked.given;
  const touched = await apply(bus, machine, asked);
  await (asked.changes.length > 0 ? renewSecret() : ensureSecret());
  const recorded = await recordPlan(machine, asked, touched);
  const started = await startNginx(bus);
  const published = await publishNow();
  const problems = published.ok ? await problemsOf(machine, published.value.refused) : [];
  // cgipool.conf stays: what it lacks, such as a certificate, may come without another install
  const ofPools = problems.filter(problem => !isOfSite(problem));
  const done =
    ofPools.length > 0
      ? await withdraw(bus, machine, asked.given, ofPools)
      : { plan: asked, touched: [], published };
  const all = [...touched, ...done.touched];
  if (done.published.ok) await awaitRemoved(before, done.plan.pools);
  if (done.published.ok) await removeWakeSockets(all);
  await applyToController(bus, all, recorded);
  const held = await holdSockets(bus, machine, done.plan.site.socketActivation);
  await finish();
  const warnings = [...(published.ok ? publishWarnings(published.value) : []), ...held];
  return { plan: done.plan, problems, warnings, nginx: done.published.ok ? started : done.published };
}
