import { join, resolve } from 'node:path';
import { err, ok, type Problem, type Result } from '../base/result.ts';
import { readAssets } from '../host/files/assets.ts';
import { readJson, readText, writeFileAtomic } from '../host/files/files.ts';
import { logTag } from '../host/nginx/log-tag.ts';
import { Bus } from '../host/systemd/bus.ts';
import type { Installed } from '../model/installed.ts';
import { PUBLISH_UNIT, paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Published } from '../model/routing.ts';
import type { Site } from '../model/site.ts';
import { renderLive } from '../render/live.ts';
import { nothingSent } from '../render/upstreams.ts';
import { enableController, needsRestart, reread, run, startController, startNginx } from './activate.ts';
import { type Change, changesTo, writeChanges } from './changes.ts';
import { type DesiredFiles, desiredFiles, isNginx } from './desired-files.ts';
import { awaitDrained, removeWakeSockets } from './detach-nginx.ts';
import { type Recorded, readInstalled, record } from './installed-store.ts';
import { keepServing, keepSite } from './keep-installed.ts';
import { begin, finish, unfinished } from './pending.ts';
import { ensureSecret } from './secret.ts';
import { missingPrograms, readFleet } from './sources.ts';

/** What an install would do, and what it found wrong on the way. */
export interface InstallPlan extends Recorded {
  problems: Problem[];
  warnings: string[];
  wanted: DesiredFiles;
  changes: Change[];
}

/** systemd would refuse to start the controller, without a word about cgipool.conf. */
async function groupProblems(root: string, { nginxGroup }: Site): Promise<Problem[]> {
  if (root !== '/') return [];
  const isKnown = await run('getent', 'group', nginxGroup).then(
    () => true,
    () => false,
  );
  const message = `Group=${nginxGroup}: there is no such group; name the group that nginx's workers run as`;
  return isKnown ? [] : [{ file: join(paths.pools, 'cgipool.conf'), line: 0, message }];
}

/** Compares the machine below ROOT with its pool files. Touches nothing. */
export async function planInstall(root: string): Promise<InstallPlan> {
  const read = await readFleet(root);
  const found = { ...read, problems: [...read.problems, ...(await groupProblems(root, read.site))] };
  const before = await readInstalled(root);
  const { pools, problems } = keepServing(found, before, join(root, paths.pools));
  const fleet = { ...found, problems: [...found.problems, ...problems] };
  const site = keepSite(fleet.site, fleet.problems, before);
  const wanted = await desiredFiles(site, pools, await logTag(root));
  const changes = await changesTo(root, wanted);
  return { ...fleet, site, pools, wanted, changes, warnings: await missingPrograms(fleet, root) };
}

/** nginx of an image starts before the controller, and not without the upstreams that the site includes. */
async function addUpstreams(root: string, site: Site, pools: readonly Pool[]): Promise<void> {
  for (const [path, text] of renderLive(site, pools, nothingSent(), 0, await readAssets()))
    if ((await readText(join(root, path))) === null) await writeFileAtomic(join(root, path), text);
}

/**
 * Writes the files only, below another root: for images. nginx's are written too, since nothing runs there, and the
 * controller is enabled, so that it starts with the image.
 */
export async function installFiles(root: string, plan: InstallPlan): Promise<void> {
  const { site, pools, wanted, changes } = plan;
  await writeChanges(root, changes, [...wanted.keys()]);
  await addUpstreams(root, site, pools);
  await record(
    root,
    plan,
    changes.map(change => change.path),
  );
  await enableController('--root', resolve(root));
}

/** Runs the publish step. Its report, or null when it is about an earlier run, which then goes on or was killed. */
async function publishOnce(since: number): Promise<Published | null> {
  await run('systemctl', 'start', PUBLISH_UNIT).catch(() => {}); // the report says more than systemctl
  const report = await readJson<Published>(paths.result);
  return report && report.at >= since ? report : null;
}

/** Has nginx's texts written, tested and reloaded by the one service that may. */
async function publishNow(): Promise<Result<void>> {
  const since = Date.now();
  // the start may only have joined a step for the controller, which had read what was installed before
  const report = (await publishOnce(since)) ?? (await publishOnce(since));
  if (!report) return err(`${PUBLISH_UNIT} did not report: journalctl -u ${PUBLISH_UNIT}`);
  return report.error === null ? ok(undefined) : err(report.error);
}

/** Tells a controller that goes on running of the new pools. */
async function reloadController(bus: Bus): Promise<void> {
  const { BUS_INTERFACE, BUS_NAME, OBJECT_PATH } = await import('../model/paths.ts');
  await bus.call({ destination: BUS_NAME, path: OBJECT_PATH, interface: BUS_INTERFACE, member: 'Reload' });
}

async function takeUp(bus: Bus, touched: readonly string[], recorded: boolean): Promise<void> {
  const restart = await needsRestart(bus, touched);
  await startController(restart);
  if (recorded && !restart) await reloadController(bus);
}

/** nginx sends nothing more to pools that go: what they hold is answered before the controller hears and stops them. */
async function awaitRemoved(before: Installed | null, pools: readonly Pool[]): Promise<void> {
  const names = new Set(pools.map(pool => pool.name));
  const gone = (before?.pools ?? []).filter(({ pool }) => !names.has(pool.name));
  if (gone.length > 0) await awaitDrained(gone.map(({ pool }) => pool));
}

/** Converges this machine on the plan. Returns what is wrong with nginx, which nothing else waits for. */
export async function installHere(plan: InstallPlan): Promise<Result<void>> {
  const bus = await Bus.connect();
  try {
    const own = plan.changes.filter(change => !isNginx(change.path));
    const touched = [...new Set([...own.map(change => change.path), ...(await unfinished())])];
    await begin(touched);
    await writeChanges('/', own, [...plan.wanted.keys()]);
    await reread(bus, touched);
    await ensureSecret();
    const before = await readInstalled('/');
    const recorded = await record('/', plan, touched);
    const started = await startNginx(bus);
    const published = await publishNow();
    if (published.ok) await awaitRemoved(before, plan.pools);
    if (published.ok) await removeWakeSockets(touched);
    await takeUp(bus, touched, recorded);
    await finish();
    return published.ok ? started : published;
  } finally {
    bus.close();
  }
}
