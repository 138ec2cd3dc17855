import type { Socket } from 'node:net';
import dbus from 'dbus-next';

const { Message, MessageType } = dbus;

/** dbus-daemon allows 128 pending replies per connection; beyond that calls fail. */
const MAX_CALLS_IN_FLIGHT = 64;
/** A call that takes longer means a dead bus or service. */
const CALL_TIMEOUT_MS = 10_000;

/** The socket form of the address keeps dbus-next off its optional native module. */
const ADDRESS = process.env.DBUS_SYSTEM_BUS_ADDRESS ?? 'unix:socket=/run/dbus/system_bus_socket';

interface Call {
  destination: string;
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: unknown[];
  /** ms; defaults to CALL_TIMEOUT_MS. */
  deadline?: number;
}

interface Signal {
  path: string;
  interface: string;
  member: string;
  body: unknown[];
}

/** A D-Bus error reply, or `org.cgipool.Deadline` when none came in time. */
export class BusError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
    this.name = 'BusError';
  }
}

const asBusError = (cause: unknown, member: string): BusError => {
  const { type, text, message } = cause as { type?: string; text?: string; message?: string };
  return new BusError(type ?? 'org.cgipool.Failed', `${member}: ${text ?? message ?? String(cause)}`);
};

/** A connection to the system bus. Each call has a deadline; `lost` resolves when the connection ends. */
export class Bus {
  readonly lost: Promise<Error>;
  #waiting: (() => void)[] = [];
  #inFlight = 0;

  private constructor(readonly raw: dbus.MessageBus) {
    // dbus-next emits nothing when the daemon goes away: only the underlying stream does
    const { stream } = (raw as unknown as { _connection: { stream: Socket } })._connection;
    this.lost = new Promise(resolve => {
      stream.once('close', () => resolve(new Error('lost the connection to D-Bus')));
      raw.on('error', (error: Error) => resolve(error));
    });
  }

  /** Connects to the system bus, or to the bus at the address. Throws BusError. */
  static async connect(busAddress = ADDRESS): Promise<Bus> {
    const raw = dbus.sessionBus({ busAddress });
    const bus = new Bus(raw);
    const connected = new Promise<void>(resolve => raw.once('connect', resolve));
    const failed = bus.lost.then(error => {
      throw new BusError(
        'org.cgipool.NoBus',
        `no D-Bus system bus (${error.message}): is dbus running? (systemctl start dbus.socket)`,
      );
    });
    await Promise.race([connected, failed]);
    failed.catch(() => {});
    return bus;
  }

  /** Calls a method and returns the reply's body. Throws BusError. */
  async call(call: Call): Promise<unknown[]> {
    await this.#enter();
    try {
      return await this.#callNow(call);
    } finally {
      this.#inFlight--;
      this.#waiting.shift()?.();
    }
  }

  /** Subscribes to a D-Bus match rule. Handlers must not throw: dbus-next swallows exceptions. */
  async onSignal(rule: string, handler: (signal: Signal) => void): Promise<void> {
    this.raw.on('message', message => {
      if (message.type === MessageType.SIGNAL) handler(message as Signal);
    });
    const destination = 'org.freedesktop.DBus';
    const path = '/org/freedesktop/DBus';
    await this.call({
      destination,
      path,
      interface: destination,
      member: 'AddMatch',
      signature: 's',
      body: [rule],
    });
  }

  close(): void {
    this.raw.disconnect();
  }

  async #enter(): Promise<void> {
    if (this.#inFlight >= MAX_CALLS_IN_FLIGHT)
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#inFlight++;
  }

  async #callNow({
    deadline = CALL_TIMEOUT_MS,
    body = [],
    signature = '',
    ...head
  }: Call): Promise<unknown[]> {
    const late = new BusError(
      'org.cgipool.Deadline',
      `${head.member}: no answer from ${head.destination} in time`,
    );
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(reject, deadline, late);
    });
    const reply = this.raw.call(new Message({ ...head, body, signature }));
    try {
      return (await Promise.race([reply, expiry]))?.body ?? [];
    } catch (cause) {
      throw cause instanceof BusError ? cause : asBusError(cause, head.member);
    } finally {
      clearTimeout(timer);
    }
  }
}
