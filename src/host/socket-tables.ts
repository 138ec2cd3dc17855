import { readFileSync } from 'node:fs';
import { parseTcp, parseUnix, type Sockets } from './sockets.ts';

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
const IPV6_EVERY = 10_000;

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
    if (ports.some(port => !into.listening.has(port)) || performance.now() - this.#readAt >= IPV6_EVERY)
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
