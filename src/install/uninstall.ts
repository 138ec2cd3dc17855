import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Bus } from '../host/bus.ts';
import { isNginxUp, testNginx } from '../host/nginx.ts';
import { paths } from '../host/paths.ts';
import { daemonReload, listUnits, reloadUnit, resetFailed } from '../host/systemd.ts';
import { run, TIMER } from './activate.ts';
import { program } from './assets.ts';
import { changesTo } from './changes.ts';
import { isNginx } from './wanted.ts';
import { writeChanges } from './write.ts';

const OWN_UNITS = ['cgipool*.service', 'cgipool*.timer', 'cgipool*.slice'];

/** nginx lets go of the pools first, so that no request meets a worker that stops. */
async function releaseNginx(bus: Bus): Promise<void> {
  const changes = (await changesTo('/', new Map())).filter(change => isNginx(change.path));
  for (const { path } of changes) await rm(path, { force: true });
  await rm(dirname(paths.upstreams), { recursive: true, force: true });
  if ((await testNginx()).ok && (await isNginxUp(bus))) await reloadUnit(bus, 'nginx.service');
}

/** Stops all units of ours, instances last but one: a stop finishes what is in flight. */
async function stopUnits(bus: Bus): Promise<void> {
  await run('systemctl', 'disable', '--quiet', '--now', TIMER, 'cgipool.service').catch(() => {});
  await run(
    'systemctl',
    'stop',
    'cgipool-*@*.service',
    'cgipool-publish.service',
    'cgipool-autoscale.service',
  );
  const left = await listUnits(bus, OWN_UNITS);
  for (const unit of left.filter(u => u.active === 'failed')) await resetFailed(bus, unit.name);
  await run('systemctl', 'stop', 'cgipool*.slice').catch(() => {});
}

/** The user and group that systemd-sysusers made. */
async function removeUser(): Promise<void> {
  await run('userdel', 'cgipool').catch(() => {});
  await run('groupdel', 'cgipool').catch(() => {}); // userdel took it where it was the user's own
}

async function removeRemains(purge: boolean): Promise<void> {
  const run = ['/run/cgipool', '/run/cgipool-controller', '/run/cgipool-publish'];
  const folders = [...run, dirname(paths.installed), ...(purge ? [paths.pools] : [])];
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

/** Removes the program too, where install.sh put it (PREFIX/lib/cgipool). */
async function removeProgram(): Promise<void> {
  const folder = dirname(await program());
  const prefix = dirname(dirname(folder));
  if (!folder.endsWith('/lib/cgipool')) return;
  await rm(join(prefix, 'bin/cgipool'), { force: true });
  await rm(folder, { recursive: true, force: true });
}

/** Takes everything of ours off this machine; `purge` takes the pool files and the program too. */
export async function uninstallHere(purge: boolean): Promise<string[]> {
  const bus = await Bus.connect();
  try {
    const changes = await changesTo('/', new Map());
    await releaseNginx(bus);
    await stopUnits(bus);
    await writeChanges('/', changes, []);
    await daemonReload(bus);
    await removeUser();
    await removeRemains(purge);
    if (purge) await removeProgram();
    return changes.map(change => change.path);
  } finally {
    bus.close();
  }
}

/** Whether pool files are still there. */
export const poolFilesLeft = async (): Promise<boolean> =>
  (await readdir(paths.pools).catch(() => [])).some(name => name.endsWith('.pool'));
