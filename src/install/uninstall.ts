import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ok, type Result } from '../base/result.ts';
import { program } from '../host/files/assets.ts';
import { Bus } from '../host/systemd/bus.ts';
import { daemonReload, listUnits, resetFailed } from '../host/systemd/systemd.ts';
import { SOCKETS_GROUP } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import {
  AUTOSCALE_TIMER,
  AUTOSCALE_UNIT,
  CONTROLLER_UNIT,
  LOG_SOCKET,
  LOG_UNIT,
  PUBLISH_UNIT,
} from '../model/services.ts';
import { defaultSite } from '../pool-file/site-file.ts';
import { ENABLED, run, startController } from './activate.ts';
import { changesTo, writeChanges } from './changes.ts';
import { isNginx } from './compare/desired-files.ts';
import { awaitDrained, releaseNginx } from './detach-nginx.ts';
import { readInstalled } from './installed-store.ts';
import { Machine } from './machine.ts';
import { holdSockets } from './nginx-sockets.ts';
import { removeRemains } from './remains.ts';

const OWN_UNITS = ['cgipool*.service', 'cgipool*.socket', 'cgipool*.timer', 'cgipool*.slice'];
const INSTANCES = ['cgipool-*.wake.*', 'cgipool-*@*.socket', 'cgipool-*@*.service'];
/** Units that would start instances or write nginx's files again. */
const ACTORS = [AUTOSCALE_TIMER, AUTOSCALE_UNIT, CONTROLLER_UNIT, PUBLISH_UNIT];

/** What an uninstall removed, and what it could not do. */
interface Uninstalled {
  removed: string[];
  /** Files in directories of ours that are not ours: they stay. */
  left: string[];
  warnings: string[];
}

/** Stops units that are loaded: systemctl fails for others. */
async function stopLoaded(bus: Bus, patterns: string[]): Promise<void> {
  const names = (await listUnits(bus, patterns)).map(unit => unit.name);
  if (names.length > 0) await run('systemctl', 'stop', '--', ...names);
}

/** Unpublishes all pools and waits until every request is answered, before any worker stops. */
async function release(bus: Bus, nginx: readonly string[]): Promise<Result<string[]>> {
  const installed = await readInstalled(new Machine());
  const wasRunning = (await listUnits(bus, [CONTROLLER_UNIT])).some(unit => unit.active === 'active');
  await stopLoaded(bus, ACTORS);
  const { control } = installed?.site ?? defaultSite();
  const released = await releaseNginx(bus, nginx, control);
  if (released.ok && installed) await awaitDrained(installed.pools.map(({ pool }) => pool));
  if (!released.ok && wasRunning) await startController(false);
  return released;
}

async function stopUnits(bus: Bus): Promise<void> {
  await run('systemctl', 'disable', '--quiet', ...ENABLED).catch(() => {}); // not installed
  await stopLoaded(bus, [...INSTANCES, LOG_UNIT, LOG_SOCKET]);
  const left = await listUnits(bus, OWN_UNITS);
  for (const unit of left.filter(u => u.active === 'failed')) await resetFailed(bus, unit.name);
  await stopLoaded(bus, ['cgipool*.slice']);
}

const exists = (database: string): Promise<boolean> =>
  run('getent', database, 'cgipool').then(
    () => true,
    () => false,
  );

/** Removes the user and groups that systemd-sysusers created. */
async function removeUser(): Promise<void> {
  if (await exists('passwd')) await run('userdel', 'cgipool');
  await run('groupdel', SOCKETS_GROUP).catch(() => {}); // of an install that was cut short
  if (await exists('group')) await run('groupdel', 'cgipool'); // userdel removes it only if it has no other member
}

/** Removes the program if install.sh installed it (PREFIX/lib/cgipool). */
async function removeProgram(): Promise<void> {
  const folder = dirname(await program());
  const prefix = dirname(dirname(folder));
  if (!folder.endsWith('/lib/cgipool')) return;
  await rm(join(prefix, 'bin/cgipool'), { force: true });
  await rm(folder, { recursive: true, force: true });
}

/**
 * Removes cgipool from this machine; `purge` removes the pool files and the program too. Fails, with nothing changed,
 * if nginx's configuration needs our files.
 */
export async function uninstallHere(purge: boolean): Promise<Result<Uninstalled>> {
  const machine = new Machine();
  const bus = await Bus.connect();
  try {
    const changes = await changesTo(machine, new Map());
    const removed = changes.map(change => change.path);
    const released = await release(bus, [...removed.filter(isNginx), paths.upstreams]);
    if (!released.ok) return released;
    await holdSockets(bus, machine, false);
    await stopUnits(bus);
    await writeChanges(machine, changes, new Map());
    await daemonReload(bus);
    await removeUser();
    const left = await removeRemains(purge);
    if (purge) await removeProgram();
    return ok({ removed, left, warnings: released.value });
  } finally {
    bus.close();
  }
}

/** Whether there are still pool files. */
export const poolFilesLeft = async (): Promise<boolean> =>
  (await readdir(paths.pools).catch(() => [])).some(name => name.endsWith('.pool'));
