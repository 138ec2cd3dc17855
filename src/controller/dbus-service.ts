import dbus from 'dbus-next';
import type { Bus } from '../host/systemd/bus.ts';
import { CONTROLLER_BUS } from '../model/services.ts';

const { destination: NAME, path: PATH, interface: INTERFACE } = CONTROLLER_BUS;

const { DBusError, NameFlag, RequestNameReply } = dbus;
const { Interface } = dbus.interface;

/** A request that cannot be met; the message is for the administrator. */
export class Refusal extends Error {}

/** What clients may ask of the controller. Each method may throw Refusal. */
export interface ControllerApi {
  status(): Promise<string>;
  why(pool: string): Promise<string>;
  /** These four resolve once the command is saved, so that a crash of the controller cannot lose it. */
  scale(pool: string, spec: string): Promise<void>;
  restart(pool: string): Promise<void>;
  start(pool: string): Promise<void>;
  stop(pool: string): Promise<void>;
  autoscale(): Promise<void>;
  reload(): Promise<void>;
}

/** Longer than any pool name or range; longer arguments are refused unread. */
const MAX_ARGUMENT_CHARS = 100;

/** Turns any error into a DBusError: another would send our stack trace to the client. */
async function answer<T>(request: () => T | Promise<T>, ...given: string[]): Promise<T> {
  try {
    if (given.some(text => text.length > MAX_ARGUMENT_CHARS)) throw new Refusal('an argument is too long');
    return await request();
  } catch (error) {
    const text =
      error instanceof Refusal ? error.message : 'the controller failed: see journalctl -u cgipool';
    throw new DBusError('org.cgipool1.Error', text);
  }
}

class DbusInterface extends Interface {
  constructor(readonly api: ControllerApi) {
    super(INTERFACE);
  }
  Status(): Promise<string> {
    return answer(() => this.api.status());
  }
  Why(pool: string): Promise<string> {
    return answer(() => this.api.why(pool), pool);
  }
  Scale(pool: string, spec: string): Promise<void> {
    return answer(() => this.api.scale(pool, spec), pool, spec);
  }
  Restart(pool: string): Promise<void> {
    return answer(() => this.api.restart(pool), pool);
  }
  Start(pool: string): Promise<void> {
    return answer(() => this.api.start(pool), pool);
  }
  Stop(pool: string): Promise<void> {
    return answer(() => this.api.stop(pool), pool);
  }
  Autoscale(): Promise<void> {
    return answer(() => this.api.autoscale());
  }
  Reload(): Promise<void> {
    return answer(() => this.api.reload());
  }
}

DbusInterface.configureMembers({
  methods: {
    Status: { outSignature: 's' },
    Why: { inSignature: 's', outSignature: 's' },
    Scale: { inSignature: 'ss' },
    Restart: { inSignature: 's' },
    Start: { inSignature: 's' },
    Stop: { inSignature: 's' },
    Autoscale: {},
    Reload: {},
  },
});

/** Offers the controller on the bus. Throws if another controller already does, or the policy forbids it. */
export async function offer(bus: Bus, api: ControllerApi): Promise<void> {
  bus.raw.export(PATH, new DbusInterface(api));
  const reply = await bus.raw.requestName(NAME, NameFlag.DO_NOT_QUEUE).catch(error => {
    throw new Error(
      `D-Bus does not let this user own ${NAME} (${error.text ?? error.message}): cgipool.service runs the controller, ` +
        'see systemctl status cgipool.service; if it fails with the same error, run cgipool install as root',
    );
  });
  if (reply !== RequestNameReply.PRIMARY_OWNER)
    throw new Error(
      `another controller is already running (it owns ${NAME}): systemctl status cgipool.service`,
    );
}
