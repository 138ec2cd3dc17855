import type { BusError } from '../host/systemd/bus.ts';
import { Failure } from './failure.ts';

const NOT_THERE =
  'the controller does not run: systemctl start cgipool.service; if it does not stay, systemctl status cgipool.service says why';

/** What to do about the errors that an administrator meets. */
const CURES: Record<string, string> = {
  'org.freedesktop.DBus.Error.ServiceUnknown': NOT_THERE,
  'org.freedesktop.DBus.Error.NameHasNoOwner': NOT_THERE,
  'org.freedesktop.DBus.Error.AccessDenied': 'not allowed: use sudo, or join the group cgipool',
  'org.freedesktop.DBus.Error.NoReply': 'the controller ended before it answered: try again',
  'org.cgipool.Deadline': 'the controller does not answer: systemctl status cgipool.service',
};

function asFailure(error: unknown): Failure {
  const { type, message } = error as BusError;
  return new Failure(CURES[type ?? ''] ?? message.replace(/^\w+: /, ''));
}

/** Calls a method of the running controller; its answer, or '' when it has none. Throws Failure. */
export async function ask(member: string, ...args: string[]): Promise<string> {
  const { Bus } = await import('../host/systemd/bus.ts');
  const { BUS_NAME, OBJECT_PATH, BUS_INTERFACE } = await import('../model/paths.ts');
  const call = { destination: BUS_NAME, path: OBJECT_PATH, interface: BUS_INTERFACE, member };
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
