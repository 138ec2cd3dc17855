import { stat } from 'node:fs/promises';
import { execa } from 'execa';
import { err, ok, type Result } from '../base/result.ts';
import { program } from '../host/files/assets.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { daemonReload, unitProperty } from '../host/systemd/systemd.ts';
import { AUTOSCALE_TIMER, CONTROLLER_UNIT, LOG_SOCKET, LOG_UNIT, NGINX_UNIT } from '../model/services.ts';

/** `su` leaves root without the directories of userdel and the like. */
const PATH = `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;

/** Runs a program; throws with its output. */
export async function run(file: string, ...args: string[]): Promise<string> {
  const done = await execa(file, args, { reject: false, all: true, stdin: 'ignore', env: { PATH } });
  if (done.failed) throw new Error(`${file} ${args.join(' ')}: ${done.all?.trim() || done.shortMessage}`);
  return done.stdout;
}

/** Makes a file readable by the controller, whose group its mode is for. */
export async function shareWithController(path: string): Promise<void> {
  const group = await run('stat', '--format=%G', path);
  if (group !== 'cgipool') await run('chgrp', 'cgipool', path);
}

const touches = (paths: readonly string[], part: string): boolean => paths.some(path => path.includes(part));

/** Applies what was written: users, directories, bus policy, units. polkitd watches its rules by itself. */
export async function reread(bus: Bus, touched: readonly string[]): Promise<void> {
  if (touches(touched, '/sysusers.d/')) await run('systemd-sysusers', 'cgipool.conf');
  if (touches(touched, '/tmpfiles.d/')) await run('systemd-tmpfiles', '--create', 'cgipool.conf');
  if (touches(touched, '/dbus-1/')) await reloadBus(bus);
  if (touches(touched, '/systemd/system/')) await daemonReload(bus);
}

async function reloadBus(bus: Bus): Promise<void> {
  const destination = 'org.freedesktop.DBus';
  await bus.call({
    destination,
    path: '/org/freedesktop/DBus',
    interface: destination,
    member: 'ReloadConfig',
  });
}

/** The running controller is older than the program on disk. */
async function isControllerOutdated(bus: Bus): Promise<boolean> {
  const started =
    Number(await unitProperty(bus, CONTROLLER_UNIT, 'Service', 'ExecMainStartTimestamp')) / 1000;
  return (await stat(await program())).mtimeMs > started;
}

/** Whether the controller has to be restarted: its unit, its socket or its program changed. */
export async function needsRestart(bus: Bus, touched: readonly string[]): Promise<boolean> {
  return (
    [CONTROLLER_UNIT, LOG_SOCKET].some(unit => touches(touched, `/${unit}`)) ||
    (await isControllerOutdated(bus))
  );
}

/** Starts the socket for nginx's log. After a change it is stopped first, along with the service that keeps it open. */
export async function startLogSocket(touched: readonly string[]): Promise<void> {
  if (touches(touched, `/${LOG_SOCKET}`)) await run('systemctl', 'stop', LOG_UNIT, LOG_SOCKET);
  // if the port is taken, the controller reports it
  await run('systemctl', 'start', LOG_SOCKET).catch(() => {});
}

/** The units that start with the machine. */
export const ENABLED = [CONTROLLER_UNIT, AUTOSCALE_TIMER, LOG_SOCKET];

const enableController = (): Promise<string> => run('systemctl', 'enable', '--quiet', ...ENABLED);

/** Enables and starts the controller and its timer; restarts a running controller only if `restart`. */
export async function startController(restart: boolean): Promise<void> {
  await enableController();
  await run('systemctl', restart ? 'restart' : 'start', CONTROLLER_UNIT);
  await run('systemctl', 'start', AUTOSCALE_TIMER);
}

/** Starts nginx if it is installed and not running. Fails if it does not come up; nothing else depends on it. */
export async function startNginx(bus: Bus): Promise<Result<void>> {
  if ((await unitProperty(bus, NGINX_UNIT, 'Unit', 'LoadState')) !== 'loaded') return ok(undefined);
  return run('systemctl', 'start', NGINX_UNIT).then(
    () => ok(undefined),
    () => err('it does not start: see journalctl -u nginx, fix it, then run systemctl start nginx'),
  );
}
