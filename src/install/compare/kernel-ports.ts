import { formatProblem } from '../../base/result.ts';
import { readVolatile } from '../../host/files/volatile.ts';
import type { Pool } from '../../model/pool.ts';
import { rangesOf } from '../../model/slots.ts';
import { bindsPort } from '../../render/unit.ts';
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

const warning = ({ name }: Pool, ports: readonly number[], why: string): string[] =>
  ports.length === 0
    ? []
    : [formatProblem({ file: `${name}.pool`, line: 0, message: `Ports= has ${format(ports)}, ${why}` })];

/** Ports that outgoing connections may have: no worker can listen there meanwhile. */
function outgoing(pool: Pool): string[] {
  const given = rangeIn(readVolatile(`${IPV4}/ip_local_port_range`));
  const reserved = readVolatile(`${IPV4}/ip_local_reserved_ports`).split(',').flatMap(rangeIn);
  const shared = pool.slots.filter(port => isIn(given, port) && !isIn(reserved, port));
  const range = given.map(ports => ports.join('-')).join();
  return warning(
    pool,
    shared,
    `which the kernel gives to outgoing connections too (net.ipv4.ip_local_port_range is ${range}): choose others, or reserve them by net.ipv4.ip_local_reserved_ports`,
  );
}

const CAPABILITY = 'CAP_NET_BIND_SERVICE';

const isCapable = ({ service }: Pool): boolean =>
  service.some(({ key, value }) => key === 'AmbientCapabilities' && value.includes(CAPABILITY));

/** Ports that a worker may not have without a capability. systemd may. */
function privileged(pool: Pool): string[] {
  const first = Number(readVolatile(`${IPV4}/ip_unprivileged_port_start`));
  const ports = bindsPort(pool) && !isCapable(pool) ? pool.slots.filter(port => port < first) : [];
  return warning(
    pool,
    ports,
    `which a worker may not have without ${CAPABILITY} (net.ipv4.ip_unprivileged_port_start is ${first}): use Listen=fd, or PrivateUsers=no, CapabilityBoundingSet=${CAPABILITY} and AmbientCapabilities=${CAPABILITY} in [Service]`,
  );
}

/** Warnings about ports that the kernel may refuse to workers. */
export const kernelPorts = (pools: readonly Pool[], machine: Pick<Machine, 'isHere'>): string[] =>
  machine.isHere
    ? pools.filter(({ listen }) => listen === 'tcp').flatMap(pool => [...outgoing(pool), ...privileged(pool)])
    : [];
