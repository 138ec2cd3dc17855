import { readVolatile } from '../files/volatile.ts';

/** A listening TCP socket. */
interface PortListener {
  /** As people write it: `127.0.0.1`, `[::1]`. */
  address: string;
  port: number;
  uid: number;
}

/** What has TCP ports of this machine. */
export interface Ports {
  listeners: PortListener[];
  /** By port: closed connections that the kernel remembers (TIME_WAIT). */
  closed: Map<number, number>;
  /** By the port of their near end, on 127.0.0.1: the ports at the far ends of open connections. */
  connected: Map<number, number[]>;
}

export const noPorts = (): Ports => ({ listeners: [], closed: new Map(), connected: new Map() });

/** Address and port of the near end, port of the far end, state (01: established, 06: TIME_WAIT, 0A: listening), and uid. */
const LINE = /: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) (01|06|0A) (?:\S+ +){3}(\d+) /g;

/** The kernel prints words of four bytes, each from its last byte. */
const bytesOf = (hex: string): string[] =>
  (hex.match(/.{8}/g) ?? []).flatMap(word => (word.match(/../g) ?? []).reverse());

function addressOf(hex: string): string {
  const bytes = bytesOf(hex);
  if (bytes.length === 4) return bytes.map(byte => Number.parseInt(byte, 16)).join('.');
  const groups = bytes.join('').match(/.{4}/g) ?? [];
  // it knows how to shorten
  return new URL(`http://[${groups.join(':')}]`).hostname;
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '[::ffff:7f00:1]'];

/** Adds the lines of /proc/net/tcp or tcp6. */
export function parsePorts(text: string, into: Ports): void {
  for (const [, hex = '', digits = '', far = '', state, uid] of text.matchAll(LINE)) {
    const port = Number.parseInt(digits, 16);
    if (state === '0A') into.listeners.push({ address: addressOf(hex), port, uid: Number(uid) });
    else if (state === '06') into.closed.set(port, (into.closed.get(port) ?? 0) + 1);
    else if (LOOPBACK.includes(addressOf(hex)))
      into.connected.set(port, [...(into.connected.get(port) ?? []), Number.parseInt(far, 16)]);
  }
}

/** Reads the kernel's tables, which takes some 8 ms: not at each pass. */
export function readPorts(): Ports {
  const into = noPorts();
  for (const table of ['tcp', 'tcp6']) parsePorts(readVolatile(`/proc/self/net/${table}`), into);
  return into;
}

/** Addresses of listeners that a connection to 127.0.0.1 reaches. */
const REACHED: readonly string[] = [...LOOPBACK, '0.0.0.0', '[::]'];

/** Whether a program went out from a port: to one where somebody listens. What a worker has accepted outlives its listener. */
export const isOutgoing = ({ listeners, connected }: Ports, port: number): boolean =>
  (connected.get(port) ?? []).some(far => listeners.some(each => each.port === far));

/** Whether a connection to 127.0.0.1 finds somebody. */
export const isReached = ({ listeners }: Ports, port: number): boolean =>
  listeners.some(each => each.port === port && REACHED.includes(each.address));
