import { stat } from 'node:fs/promises';
import { execa } from 'execa';
import { err, ok, type Result } from '../base/result.ts';
import { program } from '../host/files/assets.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { daemonReload, unitProperty } from '../host/systemd/systemd.ts';
import { AUTOSCALE_TIMER, CONTROLLER_UNIT, LOG_SOCKET, LOG_UNIT, NGINX_UNIT } from '../model/services.ts';

/** `su` leaves root without the folders of userdel and the like. */
const PATH = `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;

/** Runs a program of the system; throws with its own words. */
export async function run(file: string, ...args: string[]): Promise<string> {
  const done = await execa(file, args, { reject: false, all: true, stdin: 'ignore', env: { PATH } });
  if (done.failed) throw new Error(`${file} ${args.join(' ')}: ${done.all?.trim() || done.shortMessage}`);
  return done.stdout;
}

const touches = (paths: readonly string[], part: string): boolean => paths.some(path => path.includes(part));

/** Makes the machine's daemons read what was written: users, folders, units, bus policy. polkitd watches by itself. */
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

/** The controller runs an older program than the one on disk. */
async function isOutdated(bus: Bus): Promise<boolean> {
  const started =
    Number(await unitProperty(bus, CONTROLLER_UNIT, 'Service', 'ExecMainStartTimestamp')) / 1000;
  return (await stat(await program())).mtimeMs > started;
}

/** Whether a file that the running controller was started from changed. */
export async function needsRestart(bus: Bus, touched: readonly string[]): Promise<boolean> {
  return [CONTROLLER_UNIT, LOG_SOCKET].some(unit => touches(touched, `/${unit}`)) || (await isOutdated(bus));
}

/** Has systemd listen for nginx's log; anew where that changed, which it does not while the unit behind it is active. */
export async function startLogSocket(touched: readonly string[]): Promise<void> {
  if (touches(touched, `/${LOG_SOCKET}`)) await run('systemctl', 'stop', LOG_UNIT, LOG_SOCKET);
  // the controller tells of a port that is taken
  await run('systemctl', 'start', LOG_SOCKET).catch(() => {});
}

/** `options`: of systemctl, such as another root. */
export const enableController = (...options: string[]): Promise<string> =>
  run('systemctl', ...options, 'enable', '--quiet', CONTROLLER_UNIT, AUTOSCALE_TIMER, LOG_SOCKET);

/** Enables and starts the controller and its timer; restarts the controller only when it is outdated. */
export async function startController(restart: boolean): Promise<void> {
  await enableController();
  await run('systemctl', restart ? 'restart' : 'start', CONTROLLER_UNIT);
  await run('systemctl', 'start', AUTOSCALE_TIMER);
}

/** Starts nginx where it is installed and not running; an error when it does not come up, which nothing else waits for. */
export async function startNginx(bus: Bus): Promise<Result<void>> {
  if ((await unitProperty(bus, NGINX_UNIT, 'Unit', 'LoadState')) !== 'loaded') return ok(undefined);
  return run('systemctl', 'start', NGINX_UNIT).then(
    () => ok(undefined),
    () => err('it does not start: see journalctl -u nginx, mend it, then systemctl start nginx'),
  );
}
