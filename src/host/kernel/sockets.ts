import { readFileSync } from 'node:fs';

/** A connection to an endpoint, as the kernel has it. */
export interface Connection {
  /** Names it while the worker has it; `0` while no worker has accepted it. */
  inode: string;
  /** The client has not closed it. */
  isOpen: boolean;
  /** The user of the client; null where the kernel does not tell: of a unix socket, of another machine, of one that closed. */
  client: number | null;
}

/** Who listens where a connection to 127.0.0.1 arrives. */
interface Listener {
  /** Of several the kernel takes the nearest: the address itself, then any of IPv4, then any of both. */
  distance: number;
  uids: Set<number>;
}

/** What the kernel tells of endpoints, by endpoint key: a port number as text, or a unix socket's path. */
export interface Sockets {
  connections: Map<string, Connection[]>;
  /** TCP ports listened on, at whatever address. */
  listening: Set<number>;
  /** By port. */
  listeners: Map<number, Listener>;
}

export const noSockets = (): Sockets => ({
  connections: new Map(),
  listening: new Set(),
  listeners: new Map(),
});

const ESTABLISHED = '01';
const LISTEN = '0A';
/**
 * Addresses, state (01: established, 08: the client has closed and the worker has not, 0A: listening), user and inode of the
 * lines in one of these states: a busy machine has ten thousands in TIME_WAIT besides.
 */
const TCP_LINE =
  /: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) (01|08|0A) (?:\S+ +){3}(\d+) +\d+ (\d+)/g;

/** Addresses of a listener that a connection to 127.0.0.1 reaches, by how far they are from it. */
const DISTANCES: Readonly<Record<string, number>> = {
  '0100007F': 0,
  '0000000000000000FFFF00000100007F': 0,
  '00000000': 1,
  '00000000000000000000000000000000': 2,
};

/** Adds the lines of /proc/net/tcp or tcp6, whose format is in proc_net_tcp.rst of the kernel. */
export function parseTcp(text: string, into: Sockets): void {
  const clients = new Map<string, number>();
  const found: [local: string, remote: string, connection: Connection][] = [];
  for (const [, address = '', local = '', remote = '', state, uid, inode = '0'] of text.matchAll(TCP_LINE)) {
    if (state === LISTEN) listen(into, address, Number.parseInt(local, 16), Number(uid));
    else found.push([local, remote, { inode, isOpen: state === ESTABLISHED, client: null }]);
    // the other end, where it is on this machine, has a line of its own
    if (state === ESTABLISHED) clients.set(`${remote} ${local}`, Number(uid));
  }
  for (const [local, remote, connection] of found)
    add(into, String(Number.parseInt(local, 16)), {
      ...connection,
      client: clients.get(`${local} ${remote}`) ?? null,
    });
}

function listen({ listening, listeners }: Sockets, address: string, port: number, uid: number): void {
  listening.add(port);
  const distance = DISTANCES[address];
  const known = listeners.get(port);
  if (distance === undefined || (known && known.distance < distance)) return;
  const uids = known?.distance === distance ? known.uids : new Set<number>();
  listeners.set(port, { distance, uids: uids.add(uid) });
}

/** Of unix sockets: a client that waits to be accepted, and one that is connected. */
const UNIX_OPEN = new Set(['02', '03']);

/** Adds the lines of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path. */
export function parseUnix(text: string, into: Sockets): void {
  for (const line of text.split('\n').slice(1)) {
    const [, , , , , state = '', inode = '0', path] = line.trim().split(/\s+/);
    if (path && UNIX_OPEN.has(state)) add(into, path, { inode, isOpen: true, client: null });
  }
}

function add({ connections }: Sockets, key: string, connection: Connection): void {
  const known = connections.get(key);
  if (known) known.push(connection);
  else connections.set(key, [connection]);
}

/** A connection that is not accepted yet belongs to no process and has no inode. */
export const isWaiting = ({ inode }: Connection): boolean => inode === '0';

/** Below the own process: in a sandbox with ProcSubset=pid there is no /proc/net. */
const TABLES = '/proc/self/net';

/** At once: the kernel makes the text while it is read, and Node's threads would only add to that. */
const read = (table: string): string => readFileSync(`${TABLES}/${table}`, 'utf8');

function readIpv6(): string {
  try {
    return read('tcp6');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Where no worker listens there the table of IPv6 is read this often, ms: it tells of strangers alone. */
const IPV6_INTERVAL_MS = 10_000;

/**
 * The kernel's socket tables, look after look. To walk one of TCP takes the kernel 4 ms, however little is in it: that of
 * IPv6 is left out where it can tell nothing.
 */
export class SocketTables {
  #readAt = Number.NEGATIVE_INFINITY;
  /** Ports on which somebody listened by IPv6 alone. */
  #ipv6: readonly number[] = [];

  /** `ports`: where workers should listen. Throws when the tables cannot be read: no count is not a count of none. */
  read(ports: readonly number[] = []): Sockets {
    const into = noSockets();
    parseTcp(read('tcp'), into);
    if (ports.some(port => !into.listening.has(port)) || performance.now() - this.#readAt >= IPV6_INTERVAL_MS)
      this.#readIpv6(into);
    else for (const port of this.#ipv6) into.listening.add(port);
    parseUnix(read('unix'), into);
    return into;
  }

  #readIpv6(into: Sockets): void {
    const ipv4 = new Set(into.listening);
    parseTcp(readIpv6(), into);
    this.#ipv6 = [...into.listening].filter(port => !ipv4.has(port));
    this.#readAt = performance.now();
  }
}
