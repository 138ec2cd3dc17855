import type { BusError } from '../host/systemd/bus.ts';
import { Failure } from './failure.ts';

const NOT_RUNNING =
  'the controller is not running: systemctl start cgipool.service; if it fails, see systemctl status cgipool.service';

/** What to do about the D-Bus errors that an administrator may meet. */
const CURES: Record<string, string> = {
  'org.freedesktop.DBus.Error.ServiceUnknown': NOT_RUNNING,
  'org.freedesktop.DBus.Error.NameHasNoOwner': NOT_RUNNING,
  'org.freedesktop.DBus.Error.AccessDenied': 'permission denied: use sudo, or join the group cgipool',
  'org.freedesktop.DBus.Error.NoReply': 'the controller exited before it answered: try again',
  'org.cgipool.Deadline': 'the controller does not respond: see systemctl status cgipool.service',
};

function asFailure(error: unknown): Failure {
  const { type, message } = error as BusError;
  return new Failure(CURES[type ?? ''] ?? message.replace(/^\w+: /, ''));
}

/** Calls a method of the controller; returns its answer, or '' for none. Throws Failure. */
export async function ask(member: string, ...args: string[]): Promise<string> {
  const { Bus } = await import('../host/systemd/bus.ts');
  const { CONTROLLER_BUS } = await import('../model/services.ts');
  const call = { ...CONTROLLER_BUS, member };
  try {
    const bus = await Bus.connect();
    const [answer] = await bus
      .call({ ...call, signature: 's'.repeat(args.length), body: args })
      .finally(() => bus.close());
    return String(answer ?? '');
  } catch (error) {
    throw asFailure(error);
  }
}
