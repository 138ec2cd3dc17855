import { join } from 'node:path';
import { err, ok, type Problem, type Result } from '../base/result.ts';
import { readAssets } from '../host/files/assets.ts';
import { readJson } from '../host/files/files.ts';
import { tagWith } from '../host/nginx/log-tag.ts';
import { Bus } from '../host/systemd/bus.ts';
import { unitProperty } from '../host/systemd/systemd.ts';
import type { Installed } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import { type Published, parsePublished } from '../model/routing.ts';
import { CONTROLLER_BUS, CONTROLLER_UNIT, PUBLISH_UNIT } from '../model/services.ts';
import type { Site } from '../model/site.ts';
import { renderLive } from '../render/live.ts';
import { nothingSent } from '../render/upstreams.ts';
import {
  needsRestart,
  reread,
  run,
  shareWithController,
  startController,
  startLogSocket,
  startNginx,
} from './activate.ts';
import { type Change, changedTexts, changesTo, writeChanges } from './changes.ts';
import { type DesiredFiles, desiredFiles, isNginx } from './desired-files.ts';
import { awaitDrained, removeWakeSockets } from './detach-nginx.ts';
import { enableIn } from './enable-in.ts';
import { type Recorded, readInstalled, writeInstalled } from './installed-store.ts';
import { filesInForce, keepServing, keepSite } from './keep-installed.ts';
import { Machine } from './machine.ts';
import { begin, finish, unfinished } from './pending.ts';
import { currentOf, recordInstall, type Snapshot, type Snapshots } from './rollback/snapshot.ts';
import { readSnapshots, writeSnapshots } from './rollback/snapshot-store.ts';
import { ensureSecret, renewSecret } from './secret.ts';
import { isRestricted, poolFileOf, type ReadFleet, readFleet } from './sources.ts';
import { warningsOf } from './warnings.ts';

/** What an install would change, and the problems that it found. */
export interface InstallPlan extends Recorded {
  problems: Problem[];
  warnings: string[];
  wanted: DesiredFiles;
  changes: Change[];
  /** The record of the last install; null before the first. */
  before: Installed | null;
  /** The texts that are in force; null before the first install. */
  present: Snapshot | null;
  /** The record of what was in force, with what this install puts into force. */
  snapshots: Snapshots;
}

/** systemd-sysusers would create a missing user, which nginx does not run as. */
async function userProblems(machine: Machine, { nginxUser }: Site): Promise<Problem[]> {
  if (!machine.isHere) return [];
  const isKnown = await run('getent', 'passwd', nginxUser).then(
    () => true,
    () => false,
  );
  const message = `User=${nginxUser}: no such user; name the user that nginx's workers run as`;
  return isKnown ? [] : [{ file: join(paths.pools, 'cgipool.conf'), line: 0, message }];
}

/** The pools whose file not everybody may read; what was recorded counts for a file that cannot be read now. */
function restrictedOf(pools: readonly Pool[], { files }: ReadFleet, before: Installed | null): Set<string> {
  const recorded = new Map(before?.pools.map(({ pool, restricted }) => [pool.name, restricted]));
  const isMeant = (name: string): boolean => {
    const file = files.get(poolFileOf(name));
    return file ? isRestricted(file) : (recorded.get(name) ?? false);
  };
  return new Set(pools.map(({ name }) => name).filter(isMeant));
}

/** An install that changes something renews the secret, which access.conf contains. */
function withTag(machine: Machine, changes: Change[], wanted: DesiredFiles, tag: string): Change[] {
  const content = wanted.get(paths.access);
  const isListed = changes.length === 0 || changes.some(({ path }) => path === paths.access);
  if (!machine.isHere || !content?.text.includes(tag) || isListed) return changes;
  return [...changes, { kind: 'change', path: paths.access, content }];
}

/** Compares a machine with its pool files. Changes nothing. */
export async function planInstall(machine: Machine): Promise<InstallPlan> {
  const before = await readInstalled(machine);
  return planFor(machine, await readFleet(machine), before, await readSnapshots(machine, before));
}

/** Compares a machine with pool files as they were read, be it from a snapshot. Changes nothing. */
export async function planFor(
  machine: Machine,
  read: ReadFleet,
  before: Installed | null,
  known: Snapshots,
): Promise<InstallPlan> {
  const found = { ...read, problems: [...read.problems, ...(await userProblems(machine, read.site))] };
  const { pools, problems } = keepServing(found, before, machine.at(paths.pools));
  const fleet = { ...found, problems: [...found.problems, ...problems] };
  const site = keepSite(fleet.site, fleet.problems, before);
  const tag = tagWith(await machine.readText(paths.secret).catch(() => null));
  const restricted = restrictedOf(pools, read, before);
  const wanted = await desiredFiles(site, pools, restricted, tag);
  const changes = withTag(machine, await changesTo(machine, wanted), wanted, tag);
  const warnings = await warningsOf(fleet.pools, machine);
  const present = currentOf(known);
  const files = filesInForce(fleet, pools, present);
  const snapshots = recordInstall(known, files, Date.now());
  return { ...fleet, site, pools, restricted, wanted, changes, warnings, files, before, present, snapshots };
}

/** In an image nginx starts before the controller, and fails without the upstreams that the site includes. */
async function addUpstreams(machine: Machine, site: Site, pools: readonly Pool[]): Promise<void> {
  for (const [path, text] of renderLive(site, pools, nothingSent(), 0, await readAssets()))
    if ((await machine.readText(path)) === null) await machine.write(path, text);
}

/**
 * Writes the files below another root, for images: nginx's too, since no publish step runs there. Enables the
 * controller, so that it starts with the image.
 */
export async function installFiles(machine: Machine, plan: InstallPlan): Promise<void> {
  const { site, pools, wanted, changes, snapshots } = plan;
  await writeSnapshots(machine, snapshots);
  await writeChanges(machine, changes, [...wanted.keys()]);
  await addUpstreams(machine, site, pools);
  await writeInstalled(machine, plan, changedTexts(changes));
  await enableIn(machine, wanted);
}

/** Runs the publish step. Returns its report; null if that is of an earlier run, which still goes on or was killed. */
async function publishOnce(since: number): Promise<Published | null> {
  await run('systemctl', 'start', PUBLISH_UNIT).catch(() => {}); // the report says more than systemctl
  const report = parsePublished(await readJson(paths.result));
  return report && report.at >= since ? report : null;
}

/** Has the publish step write, test and reload nginx's configuration. */
async function publishNow(): Promise<Result<void>> {
  const since = Date.now();
  // the start may have joined a step that had already read the previous pools
  const report = (await publishOnce(since)) ?? (await publishOnce(since));
  if (!report) return err(`${PUBLISH_UNIT} did not report: journalctl -u ${PUBLISH_UNIT}`);
  return report.error === null ? ok(undefined) : err(report.error);
}

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

/** Applies the plan to this machine. Fails if nginx has a problem; everything else is installed all the same. */
export async function installHere(plan: InstallPlan): Promise<Result<void>> {
  const machine = new Machine();
  const bus = await Bus.connect();
  try {
    const own = plan.changes.filter(change => !isNginx(change.path));
    const touched = [...new Set([...changedTexts(own), ...(await unfinished())])];
    // before anything takes effect: what is replaced is kept, whatever happens next
    await writeSnapshots(machine, plan.snapshots);
    await begin(touched);
    await writeChanges(machine, own, [...plan.wanted.keys()]);
    await reread(bus, touched);
    await (plan.changes.length > 0 ? renewSecret() : ensureSecret());
    const before = await readInstalled(machine);
    const recorded = await writeInstalled(machine, plan, touched);
    // its directory sees to it, unless somebody made that anew
    await shareWithController(paths.installed);
    const started = await startNginx(bus);
    const published = await publishNow();
    if (published.ok) await awaitRemoved(before, plan.pools);
    if (published.ok) await removeWakeSockets(touched);
    await applyToController(bus, touched, recorded);
    await finish();
    return published.ok ? started : published;
  } finally {
    bus.close();
  }
}
