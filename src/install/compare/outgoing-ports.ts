import { formatProblem } from '../../base/result.ts';
import { readVolatile } from '../../host/files/volatile.ts';
import type { Pool } from '../../model/pool.ts';
import { rangesOf } from '../../model/slots.ts';
import type { Machine } from '../machine.ts';

const IPV4 = '/proc/sys/net/ipv4';

type Range = [from: number, to: number];

/** `32768	60999` or `8000-8009` or `9000`. */
function rangeIn(text: string): Range[] {
  const [, from, to] = /^(\d+)(?:[-\s]+(\d+))?$/.exec(text.trim()) ?? [];
  return from === undefined ? [] : [[Number(from), Number(to ?? from)]];
}

const isIn = (ranges: readonly Range[], port: number): boolean =>
  ranges.some(([from, to]) => port >= from && port <= to);

const format = (ports: readonly number[]): string =>
  rangesOf(ports)
    .map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
    .join(', ');

/** The ports of a pool that the kernel may give to somebody else. */
function warningOf({ name, slots }: Pool, given: readonly Range[], reserved: readonly Range[]): string[] {
  const shared = slots.filter(port => isIn(given, port) && !isIn(reserved, port));
  const message = `Ports= has ${format(shared)}, which the kernel gives to outgoing connections too (net.ipv4.ip_local_port_range is ${given.map(range => range.join('-')).join()}): choose others, or reserve them by net.ipv4.ip_local_reserved_ports`;
  return shared.length === 0 ? [] : [formatProblem({ file: `${name}.pool`, line: 0, message })];
}

/** Warnings about ports that outgoing connections may have: no worker can listen there meanwhile. */
export function outgoingPorts(pools: readonly Pool[], machine: Pick<Machine, 'isHere'>): string[] {
  if (!machine.isHere) return [];
  const given = rangeIn(readVolatile(`${IPV4}/ip_local_port_range`));
  const reserved = readVolatile(`${IPV4}/ip_local_reserved_ports`).split(',').flatMap(rangeIn);
  return pools.filter(({ listen }) => listen === 'tcp').flatMap(pool => warningOf(pool, given, reserved));
}
