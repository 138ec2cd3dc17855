import { readFileSync } from 'node:fs';

/** What the kernel tells of endpoints, by endpoint key: a port number as text, or a unix socket's path. */
export interface Sockets {
  /** Open connections, waiting ones included. */
  connections: Map<string, number>;
  /** Of them, those that no worker has accepted yet. */
  waiting: Map<string, number>;
  /** Which connections the worker has accepted and not closed, whether or not the client has: by their inodes. */
  held: Map<string, Set<string>>;
  /** TCP ports listened on. */
  listening: Set<number>;
}

const ESTABLISHED = '01';
/** The client has closed, the worker has not. */
const CLOSE_WAIT = '08';
const LISTEN = '0A';
/** Port, state and inode of the lines in one of these states: a busy machine has ten thousands in TIME_WAIT besides. */
const TCP_LINE = /: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (01|08|0A) (?:\S+ +){5}(\d+)/g;
/** Of unix sockets: a client that waits to be accepted, and one that is connected. */
const UNIX_OPEN = new Set(['02', '03']);

/** Adds the lines of /proc/net/tcp or tcp6, whose format is in proc_net_tcp.rst of the kernel. */
export function parseTcp(text: string, into: Sockets): void {
  for (const [, local = '', state, inode = '0'] of text.matchAll(TCP_LINE)) {
    const port = Number.parseInt(local, 16);
    if (state === LISTEN) into.listening.add(port);
    if (state === ESTABLISHED) count(into, String(port), inode);
    if (state === ESTABLISHED || state === CLOSE_WAIT) hold(into, String(port), inode);
  }
}

/** Adds the lines of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path. */
export function parseUnix(text: string, into: Sockets): void {
  for (const line of text.split('\n').slice(1)) {
    const [, , , , , state = '', inode = '0', path] = line.trim().split(/\s+/);
    if (!path || !UNIX_OPEN.has(state)) continue;
    count(into, path, inode);
    hold(into, path, inode);
  }
}

const increment = (counts: Map<string, number>, key: string): unknown =>
  counts.set(key, (counts.get(key) ?? 0) + 1);

/** A connection that is not accepted yet belongs to no process and has no inode. */
const NO_INODE = '0';

function count({ connections, waiting }: Sockets, key: string, inode: string): void {
  increment(connections, key);
  if (inode === NO_INODE) increment(waiting, key);
}

function hold({ held }: Sockets, key: string, inode: string): void {
  if (inode === NO_INODE) return;
  const known = held.get(key) ?? new Set();
  held.set(key, known.add(inode));
}

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
  #last: Sockets | null = null;

  /**
   * `ports`: where workers should listen; `mayBeOld`: what was read last will do. Throws when the tables cannot be read: no
   * count is not a count of none.
   */
  read(ports: readonly number[] = [], mayBeOld = false): Sockets {
    if (mayBeOld && this.#last) return this.#last;
    this.#last = this.#read(ports);
    return this.#last;
  }

  #read(ports: readonly number[]): Sockets {
    const into: Sockets = {
      connections: new Map(),
      waiting: new Map(),
      held: new Map(),
      listening: new Set(),
    };
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
