import { readdir, readlink } from 'node:fs/promises';
import { NGINX_UNIT } from '../../model/services.ts';
import { readOrEmpty } from '../files/files.ts';
import type { Bus } from '../systemd/bus.ts';
import { unitProperty } from '../systemd/systemd.ts';

/** Address, port and inode of the lines of listening sockets; the kernel's proc_net_tcp.rst has the format. */
const LISTEN_LINE = /: ([0-9A-F]+):([0-9A-F]{4}) 0+:0000 0A (?:\S+ +){3}\d+ +\d+ (\d+)/g;

/** The bytes of an address, which stand in words of the processor's order: of all that cgipool runs on the lowest first. */
const bytesOf = (hex: string): number[] =>
  (hex.match(/.{8}/g) ?? []).flatMap(word => [...Buffer.from(word, 'hex')].reverse());

const ipv6 = (bytes: readonly number[]): string => {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname;
};

function addressOf(hex: string, port: string): string {
  const bytes = bytesOf(hex);
  return `${bytes.length === 4 ? bytes.join('.') : ipv6(bytes)}:${Number.parseInt(port, 16)}`;
}

/** The addresses that sockets of these inodes listen on, by the texts of /proc/net/tcp and tcp6. */
export const listeningIn = (tables: readonly string[], inodes: ReadonlySet<string>): string[] =>
  tables.flatMap(text =>
    [...text.matchAll(LISTEN_LINE)].flatMap(([, hex = '', port = '', inode = '']) =>
      inodes.has(inode) ? [addressOf(hex, port)] : [],
    ),
  );

/**
 * Those that systemd can hold in nginx's place. Not one with several sockets, of which each worker has its own (reuseport); nor
 * `[::]` alone, which may be for IPv4, too (ipv6only=off): nginx goes on binding them itself.
 */
export const holdable = (addresses: readonly string[]): string[] =>
  addresses.filter(
    address =>
      addresses.filter(other => other === address).length === 1 &&
      (!address.startsWith('[::]:') || addresses.includes(address.replace('[::]', '0.0.0.0'))),
  );

async function inodesOf(pid: string): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map(name => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return new Set(links.flatMap(link => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/**
 * The TCP addresses that the running nginx listens on, as `0.0.0.0:80`; null without one. Not by its configuration, in which an
 * address may be a name, be left out, or be part of another one.
 */
export async function listening(bus: Bus): Promise<string[] | null> {
  const pid = String(await unitProperty(bus, NGINX_UNIT, 'Service', 'MainPID'));
  if (pid === '0') return null;
  const tables = await Promise.all(['tcp', 'tcp6'].map(table => readOrEmpty(`/proc/${pid}/net/${table}`)));
  return inodesOf(pid).then(
    inodes => listeningIn(tables, inodes),
    () => null, // it has just ended
  );
}
