import dbus from 'dbus-next';
import type { Bus } from '../host/systemd/bus.ts';
import { CONTROLLER_BUS } from '../model/services.ts';

const { destination: NAME, path: PATH, interface: INTERFACE } = CONTROLLER_BUS;

const { DBusError, NameFlag, RequestNameReply } = dbus;
const { Interface } = dbus.interface;

/** A request that cannot be met, in words for the administrator. */
export class Refusal extends Error {}

/** What the controller does for its clients. Each may throw Refusal. */
export interface Requests {
  status(): string;
  why(pool: string): string;
  /** Each of these four resolves when it is remembered, so that no death of the controller loses it. */
  scale(pool: string, spec: string): Promise<void>;
  restart(pool: string): Promise<void>;
  start(pool: string): Promise<void>;
  stop(pool: string): Promise<void>;
  autoscale(): Promise<void>;
  reload(): Promise<void>;
}

/** More than a pool's name or a range of instances takes, characters: refused before anything is made of it. */
const MAX_ARGUMENT_CHARS = 100;

/** Only a DBusError reaches the client as it is; any other would show it our stack. */
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

class Controller extends Interface {
  constructor(readonly requests: Requests) {
    super(INTERFACE);
  }
  Status(): Promise<string> {
    return answer(() => this.requests.status());
  }
  Why(pool: string): Promise<string> {
    return answer(() => this.requests.why(pool), pool);
  }
  Scale(pool: string, spec: string): Promise<void> {
    return answer(() => this.requests.scale(pool, spec), pool, spec);
  }
  Restart(pool: string): Promise<void> {
    return answer(() => this.requests.restart(pool), pool);
  }
  Start(pool: string): Promise<void> {
    return answer(() => this.requests.start(pool), pool);
  }
  Stop(pool: string): Promise<void> {
    return answer(() => this.requests.stop(pool), pool);
  }
  Autoscale(): Promise<void> {
    return answer(() => this.requests.autoscale());
  }
  Reload(): Promise<void> {
    return answer(() => this.requests.reload());
  }
}

Controller.configureMembers({
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

/** Offers the controller on the bus. Throws when another controller already does, or the policy forbids it. */
export async function offer(bus: Bus, requests: Requests): Promise<void> {
  bus.raw.export(PATH, new Controller(requests));
  const reply = await bus.raw.requestName(NAME, NameFlag.DO_NOT_QUEUE).catch(error => {
    throw new Error(
      `D-Bus does not let this user be ${NAME} (${error.text ?? error.message}): cgipool.service runs the controller, ` +
        'see systemctl status cgipool.service; if that says the same, run cgipool install as root',
    );
  });
  if (reply !== RequestNameReply.PRIMARY_OWNER)
    throw new Error(`another controller already runs (${NAME} is taken): systemctl status cgipool.service`);
}
