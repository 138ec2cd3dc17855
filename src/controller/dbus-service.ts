import dbus from 'dbus-next';
import type { Bus } from '../host/systemd/bus.ts';
import { BUS_INTERFACE, BUS_NAME, OBJECT_PATH } from '../model/paths.ts';

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

/** Only a DBusError reaches the client as it is; any other would show it our stack. */
async function answer<T>(request: () => T | Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const text =
      error instanceof Refusal ? error.message : 'the controller failed: see journalctl -u cgipool';
    throw new DBusError('org.cgipool1.Error', text);
  }
}

class Controller extends Interface {
  constructor(readonly requests: Requests) {
    super(BUS_INTERFACE);
  }
  Status(): Promise<string> {
    return answer(() => this.requests.status());
  }
  Why(pool: string): Promise<string> {
    return answer(() => this.requests.why(pool));
  }
  Scale(pool: string, spec: string): Promise<void> {
    return answer(() => this.requests.scale(pool, spec));
  }
  Restart(pool: string): Promise<void> {
    return answer(() => this.requests.restart(pool));
  }
  Start(pool: string): Promise<void> {
    return answer(() => this.requests.start(pool));
  }
  Stop(pool: string): Promise<void> {
    return answer(() => this.requests.stop(pool));
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
  bus.raw.export(OBJECT_PATH, new Controller(requests));
  const reply = await bus.raw.requestName(BUS_NAME, NameFlag.DO_NOT_QUEUE).catch(error => {
    throw new Error(
      `D-Bus does not let this user be ${BUS_NAME} (${error.text ?? error.message}): cgipool.service runs the controller, ` +
        'see systemctl status cgipool.service; if that says the same, run cgipool install as root',
    );
  });
  if (reply !== RequestNameReply.PRIMARY_OWNER)
    throw new Error(
      `another controller already runs (${BUS_NAME} is taken): systemctl status cgipool.service`,
    );
}
