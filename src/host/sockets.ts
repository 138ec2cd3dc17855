import { readFile } from 'node:fs/promises';

/** What the kernel tells of endpoints: open connections by endpoint key, and the ports listened on. */
export interface Sockets {
  /** Key: a port number as text, or a unix socket's path. Waiting connections count too. */
  connections: Map<string, number>;
  listening: Set<number>;
}

const ESTABLISHED = '01';
const LISTEN = '0A';
/** Of unix sockets: a client that waits to be accepted, and one that is connected. */
const UNIX_OPEN = new Set(['02', '03']);

/** Adds the lines of /proc/net/tcp or tcp6, whose format is in proc_net_tcp.rst of the kernel. */
export function parseTcp(text: string, into: Sockets): void {
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', , state] = line.trim().split(/\s+/, 4);
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    if (state === LISTEN) into.listening.add(port);
    if (state === ESTABLISHED) count(into, String(port));
  }
}

/** Adds the lines of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path. */
export function parseUnix(text: string, into: Sockets): void {
  for (const line of text.split('\n').slice(1)) {
    const [, , , , , state = '', , path] = line.trim().split(/\s+/);
    if (path && UNIX_OPEN.has(state)) count(into, path);
  }
}

const count = ({ connections }: Sockets, key: string): unknown =>
  connections.set(key, (connections.get(key) ?? 0) + 1);

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** One sample of the kernel's socket tables. A table that cannot be read (no IPv6) counts as empty. */
export async function readSockets(): Promise<Sockets> {
  const into: Sockets = { connections: new Map(), listening: new Set() };
  const [tcp, tcp6, unix] = await Promise.all(['tcp', 'tcp6', 'unix'].map(name => read(`/proc/net/${name}`)));
  parseTcp(tcp ?? '', into);
  parseTcp(tcp6 ?? '', into);
  parseUnix(unix ?? '', into);
  return into;
}
