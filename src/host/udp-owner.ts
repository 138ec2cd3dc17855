import { readFile } from 'node:fs/promises';

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** The user who owns the UDP socket that is bound to one port and connected to another, by the text of /proc/net/udp. */
export function ownerIn(table: string, from: number, to: number): number | null {
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/);
    if (local.endsWith(`:${hex(from)}`) && remote.endsWith(`:${hex(to)}`)) return Number(uid);
  }
  return null;
}

/** The user whose loopback socket sends from one port to another, or null when there is none any more. */
export const udpOwner = async (from: number, to: number): Promise<number | null> =>
  ownerIn(await readFile('/proc/self/net/udp', 'utf8'), from, to);
