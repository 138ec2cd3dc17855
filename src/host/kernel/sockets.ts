import { readFileSync } from 'node:fs';

/** The kernel's view of endpoints, by endpoint key: a port number as text, or the path of a unix socket. */
export interface Sockets {
  /** Open connections, including waiting ones. */
  connections: Map<string, number>;
  /** Connections that no worker has accepted yet. */
  waiting: Map<string, number>;
  /** Inodes of the connections that the worker has accepted and not closed, whether or not the client has. */
  held: Map<string, Set<string>>;
  /** TCP ports listened on. */
  listening: Set<number>;
}

const ESTABLISHED = '01';
/** The client has closed, the worker has not. */
const CLOSE_WAIT = '08';
const LISTEN = '0A';
/** Port, state and inode of lines in these states only: a busy machine has tens of thousands in TIME_WAIT. */
const TCP_LINE = /: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (01|08|0A) (?:\S+ +){5}(\d+)/g;
/** States of unix sockets: a client that waits to be accepted (02), and a connected one (03). */
const UNIX_OPEN = new Set(['02', '03']);

/** Adds the lines of /proc/net/tcp or tcp6; the kernel's proc_net_tcp.rst has the format. */
export function parseTcp(text: string, into: Sockets): void {
  for (const [, local = '', state, inode = '0'] of text.matchAll(TCP_LINE)) {
    const port = Number.parseInt(local, 16);
    if (state === LISTEN) into.listening.add(port);
    if (state === ESTABLISHED) count(into, String(port), inode);
    if (state === ESTABLISHED || state === CLOSE_WAIT) addHeld(into, String(port), inode);
  }
}

/** Adds the lines of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path. */
export function parseUnix(text: string, into: Sockets): void {
  for (const line of text.split('\n').slice(1)) {
    const [, , , , , state = '', inode = '0', path] = line.trim().split(/\s+/);
    if (!path || !UNIX_OPEN.has(state)) continue;
    count(into, path, inode);
    addHeld(into, path, inode);
  }
}

const increment = (counts: Map<string, number>, key: string): unknown =>
  counts.set(key, (counts.get(key) ?? 0) + 1);

/** A connection that is not yet accepted belongs to no process and has no inode. */
const NO_INODE = '0';

function count({ connections, waiting }: Sockets, key: string, inode: string): void {
  increment(connections, key);
  if (inode === NO_INODE) increment(waiting, key);
}

function addHeld({ held }: Sockets, key: string, inode: string): void {
  if (inode === NO_INODE) return;
  const known = held.get(key) ?? new Set();
  held.set(key, known.add(inode));
}

/** Below /proc/self: a sandbox with ProcSubset=pid has no /proc/net. */
const TABLES = '/proc/self/net';

/** Synchronous: the kernel generates the text while it is read, and Node's thread pool would only add to that. */
const read = (table: string): string => readFileSync(`${TABLES}/${table}`, 'utf8');

function readIpv6(): string {
  try {
    return read('tcp6');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** How often to read the IPv6 table when no worker needs it, ms: it then shows other programs only. */
const IPV6_INTERVAL_MS = 10_000;

/**
 * Reads the kernel's socket tables. The kernel takes 4 ms to walk a TCP table, however few sockets it has, so the IPv6
 * table is skipped when it cannot matter.
 */
export class SocketTables {
  #readAt = Number.NEGATIVE_INFINITY;
  /** Ports that had only an IPv6 listener. */
  #ipv6: readonly number[] = [];
  #last: Sockets | null = null;

  /**
   * `ports`: where workers should listen; `mayBeOld`: accept the previous reading. Throws when the tables cannot be read:
   * an unknown count is not zero.
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
