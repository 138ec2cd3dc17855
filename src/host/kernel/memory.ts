import { readdir } from 'node:fs/promises';
import { readOrEmpty } from '../files/files.ts';

/** The controller's sandbox hides /proc/meminfo, but not the same figures of each NUMA node. */
const NODES = '/sys/devices/system/node';
/** cgipool.slice is the parent of all pools' slices. */
const PRESSURE = '/sys/fs/cgroup/cgipool.slice/memory.pressure';

/** A value of a node's meminfo, kB. */
const kilobytes = (text: string, key: string): number =>
  Number(new RegExp(`^Node \\d+ ${key}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);

/** Adds up to the kernel's MemAvailable, but for the low watermarks. */
const AVAILABLE = ['MemFree', 'Active\\(file\\)', 'Inactive\\(file\\)', 'SReclaimable'];

/** Share of memory that is free or easily freed, from the meminfo texts of all nodes; null without them. */
export function availableShare(nodes: readonly string[]): number | null {
  const sum = (key: string): number => nodes.reduce((total, text) => total + kilobytes(text, key), 0);
  const total = sum('MemTotal');
  return total > 0 ? AVAILABLE.reduce((free, key) => free + sum(key), 0) / total : null;
}

/** Share of the last 10 s in which a process waited for memory (PSI, `some avg10`); null when the kernel has no PSI. */
export function pressureShare(text: string): number | null {
  const percent = /^some avg10=(\d+(?:\.\d+)?)/m.exec(text)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
}

export interface HostMemory {
  available: number | null;
  pressure: number | null;
}

/** The machine's memory now. */
export async function readMemory(): Promise<HostMemory> {
  const names = (await readdir(NODES).catch(() => [])).filter(name => /^node\d+$/.test(name));
  const [pressure, ...nodes] = await Promise.all([
    readOrEmpty(PRESSURE),
    ...names.map(name => readOrEmpty(`${NODES}/${name}/meminfo`)),
  ]);
  return { available: availableShare(nodes), pressure: pressureShare(pressure ?? '') };
}
