import { readFileSync } from 'node:fs';
import { paths } from '../../model/paths.ts';
import type { UnixSockets } from './unix-sockets.ts';

/** The kernel's view of a connection to an endpoint. */
export interface Connection {
  /** Identifies it while the worker holds it; `0` while no worker has accepted it. */
  inode: string;
  /** Whether the client has not closed it. */
  isOpen: boolean;
  /** The client's uid; null when it is unknown: on a unix socket, from another machine, or once closed. */
  client: number | null;
}

/** The listeners that a connection to 127.0.0.1 reaches. */
interface Listener {
  /** The kernel prefers the nearest: the address itself, then any IPv4 address, then any address. */
  distance: number;
  uids: Set<number>;
}

/** The kernel's view of endpoints, by endpoint key: a port number as text, or the path of a unix socket. */
export interface Sockets {
  connections: Map<string, Connection[]>;
  /** TCP ports with a listener on any address. */
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
 * Both ends, state (01: established, 08: closed by the client but not by the worker, 0A: listening), uid and inode of
 * lines in these states only: a busy machine has tens of thousands in TIME_WAIT.
 */
const TCP_LINE = /: ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) (01|08|0A) (?:\S+ +){3}(\d+) +\d+ (\d+)/g;

const addressOf = (end: string): string => end.slice(0, -5);
const portOf = (end: string): number => Number.parseInt(end.slice(-4), 16);
/** The same port on any address. */
const onAnyAddress = (end: string): string => '0'.repeat(end.length - 5) + end.slice(-5);

/** Addresses of listeners that a connection to 127.0.0.1 reaches, with their distance. */
const DISTANCES: Readonly<Record<string, number>> = {
  '0100007F': 0,
  '0000000000000000FFFF00000100007F': 0,
  '00000000': 1,
  '00000000000000000000000000000000': 2,
};

/**
 * Adds the lines of /proc/net/tcp or tcp6; the kernel's proc_net_tcp.rst has the format. Ends are compared with their
 * addresses, since any user may have a worker's or nginx's port on another address of loopback. One whose other end is
 * listened on is the client's: somebody who calls nginx from a worker's port makes no connection to the worker.
 */
export function parseTcp(text: string, into: Sockets): void {
  const clients = new Map<string, number>();
  const listened = new Set<string>();
  const found: [local: string, remote: string, connection: Connection][] = [];
  for (const [, local = '', remote = '', state, uid, inode = '0'] of text.matchAll(TCP_LINE)) {
    if (state === LISTEN) {
      listened.add(local);
      listen(into, addressOf(local), portOf(local), Number(uid));
    } else found.push([local, remote, { inode, isOpen: state === ESTABLISHED, client: null }]);
    // the other end has a line of its own if it is on this machine
    if (state === ESTABLISHED) clients.set(`${remote} ${local}`, Number(uid));
  }
  for (const [local, remote, connection] of found)
    if (!listened.has(remote) && !listened.has(onAnyAddress(remote)))
      add(into, String(portOf(local)), { ...connection, client: clients.get(`${local} ${remote}`) ?? null });
}

function listen({ listening, listeners }: Sockets, address: string, port: number, uid: number): void {
  listening.add(port);
  const distance = DISTANCES[address];
  const known = listeners.get(port);
  if (distance === undefined || (known && known.distance < distance)) return;
  const uids = known?.distance === distance ? known.uids : new Set<number>();
  listeners.set(port, { distance, uids: uids.add(uid) });
}

/** States of unix sockets: a client that waits to be accepted (02), and a connected one (03). */
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

/** A connection that is not yet accepted belongs to no process and has no inode. */
export const isWaiting = ({ inode }: Connection): boolean => inode === '0';

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
  /** What only the table of IPv6 had: ports, and who listens there. */
  #ipv6: Pick<Sockets, 'listening' | 'listeners'> = noSockets();

  /** `unix`: where connections to socket files are read, so that nobody can forge them; without it, from /proc. */
  constructor(private unix: UnixSockets | null = null) {}

  /** `ports`: where workers should listen. Throws when the tables cannot be read: an unknown count is not zero. */
  read(ports: readonly number[] = []): Sockets {
    const into = noSockets();
    parseTcp(read('tcp'), into);
    if (ports.some(port => !into.listening.has(port)) || performance.now() - this.#readAt >= IPV6_INTERVAL_MS)
      this.#readIpv6(into);
    else addListeners(into, this.#ipv6);
    this.#readUnix(into);
    return into;
  }

  #readUnix(into: Sockets): void {
    try {
      const found = this.unix?.connectedBelow(paths.sockets);
      for (const { name, inode } of found ?? [])
        add(into, name, { inode: String(inode), isOpen: true, client: null });
      if (found) return;
    } catch (error) {
      // each request would have the kernel look for the module again
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.unix = null;
    }
    parseUnix(read('unix'), into);
  }

  #readIpv6(into: Sockets): void {
    const ipv4 = new Set(into.listening);
    parseTcp(readIpv6(), into);
    const isNew = (port: number): boolean => !ipv4.has(port);
    this.#ipv6 = {
      listening: new Set([...into.listening].filter(isNew)),
      listeners: new Map([...into.listeners].filter(([port]) => isNew(port))),
    };
    this.#readAt = performance.now();
  }
}

function addListeners(
  into: Sockets,
  { listening, listeners }: Pick<Sockets, 'listening' | 'listeners'>,
): void {
  for (const port of listening) into.listening.add(port);
  for (const [port, listener] of listeners) into.listeners.set(port, listener);
}
