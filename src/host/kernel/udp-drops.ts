import { readFileSync } from 'node:fs';

/** Local port and drops of a line of /proc/net/udp; ip(7) and the kernel's udp4_format_sock have the columns. */
const LINE = /^ *\d+: [0-9A-F]{8}:([0-9A-F]{4}) .* (\d+) *$/gm;

/** Datagrams that the kernel dropped at a port because nobody read them in time, by /proc/net/udp; null: no such socket. */
export function dropsIn(table: string, port: number): number | null {
  const drops = [...table.matchAll(LINE)].filter(([, at = '']) => Number.parseInt(at, 16) === port);
  return drops.length > 0 ? drops.reduce((sum, [, , count]) => sum + Number(count), 0) : null;
}

/** Datagrams that the kernel has dropped at a port of this machine since its socket was made; null if there is none. */
export const udpDrops = (port: number): number | null =>
  dropsIn(readFileSync('/proc/self/net/udp', 'utf8'), port);
