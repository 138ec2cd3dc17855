import type { BusError } from '../host/systemd/bus.ts';
import { paths } from '../model/paths.ts';
import type { Status, Why } from '../plan/status/report.ts';
import { Failure } from './failure.ts';
import { readState, whyFromFiles } from './why-files.ts';

const NOT_RUNNING =
  'the controller is not running: systemctl start cgipool.service; if it fails, see systemctl status cgipool.service';

const DENIED = 'org.freedesktop.DBus.Error.AccessDenied';

/** What to do about the D-Bus errors that an administrator may meet. */
const CURES: Record<string, string> = {
  'org.freedesktop.DBus.Error.ServiceUnknown': NOT_RUNNING,
  'org.freedesktop.DBus.Error.NameHasNoOwner': NOT_RUNNING,
  [DENIED]: 'permission denied: use sudo, or join the group cgipool',
  'org.freedesktop.DBus.Error.NoReply': 'the controller exited before it answered: try again',
  'org.cgipool.Deadline': 'the controller does not respond: see systemctl status cgipool.service',
};

function asFailure(error: unknown): Failure {
  const { type, message } = error as BusError;
  return new Failure(CURES[type ?? ''] ?? message.replace(/^\w+: /, ''));
}

async function call(member: string, args: readonly string[]): Promise<string> {
  const { Bus } = await import('../host/systemd/bus.ts');
  const { CONTROLLER_BUS } = await import('../model/services.ts');
  const bus = await Bus.connect();
  const [answer] = await bus
    .call({ ...CONTROLLER_BUS, member, signature: 's'.repeat(args.length), body: [...args] })
    .finally(() => bus.close());
  return String(answer ?? '');
}

/** Calls a method of the controller; returns its answer, or '' for none. Throws Failure. */
export async function ask(member: string, ...args: string[]): Promise<string> {
  return call(member, args).catch(error => {
    throw asFailure(error);
  });
}

/** Calls a method; null if the user may not. Throws Failure. */
async function askIfAllowed(member: string, ...args: string[]): Promise<string | null> {
  return call(member, args).catch(error => {
    if ((error as BusError).type === DENIED) return null;
    throw asFailure(error);
  });
}

/** The status as the controller gives it, or where the user may not call it, as it last left it in a file. */
export async function askStatus(): Promise<Status> {
  const text = (await askIfAllowed('Status')) ?? (await readState(paths.status));
  if (!text) throw new Failure(NOT_RUNNING);
  return JSON.parse(text) as Status;
}

/** Why a pool has as many instances as it has; as askStatus. */
export async function askWhy(pool: string): Promise<Why> {
  const text = await askIfAllowed('Why', pool);
  return text === null ? whyFromFiles(pool, await askStatus()) : (JSON.parse(text) as Why);
}
