import { readVolatile } from '../files/volatile.ts';
import { processesOf } from './users.ts';

const ROOT = '/sys/fs/cgroup';
/** statm counts pages; Debian's kernels have pages of 4 KiB, except for some on arm64. */
const PAGE_BYTES = 4096;

/** CPU time of a cgroup since its creation, microseconds; null when the kernel does not report it. */
export function cpuUsec(cgroup: string): number | null {
  const text = readVolatile(`${ROOT}${cgroup}/cpu.stat`);
  const match = /^usage_usec (\d+)$/m.exec(text);
  return match ? Number(match[1]) : null;
}

/** How long something in a cgroup has waited for a CPU, microseconds ("some" of cpu.pressure in its psi.rst); null where not known. */
export function stalledUsec(cgroup: string): number | null {
  const match = /^some .*total=(\d+)$/m.exec(readVolatile(`${ROOT}${cgroup}/cpu.pressure`));
  return match ? Number(match[1]) : null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What the kernel takes back when it needs memory: the page cache, and its own caches (memory.stat in its cgroup-v2.rst). */
const GIVEN_BACK = /^(?:active_file|inactive_file|slab_reclaimable) (\d+)$/gm;

/** The part of a cgroup's memory that it cannot give back, bytes. `current`, `stat`: the texts of memory.current and memory.stat. */
export const heldBytes = (current: string, stat: string): number =>
  Math.max(0, Number(current) - sum([...stat.matchAll(GIVEN_BACK)].map(([, bytes]) => Number(bytes))));

/** Memory of a process that is its own alone, bytes: without files and what it shares (statm in proc(5)). */
export function ownBytes(statm: string): number {
  const [, resident = 0, shared = 0] = statm.split(' ').map(Number);
  return Math.max(0, resident - shared) * PAGE_BYTES;
}

/**
 * Memory that a cgroup holds and cannot give back, bytes: as the kernel accounts it, else the sum over its processes; null when neither
 * is known.
 */
export function memoryBytes(cgroup: string): number | null {
  const current = readVolatile(`${ROOT}${cgroup}/memory.current`);
  if (current !== '') return heldBytes(current, readVolatile(`${ROOT}${cgroup}/memory.stat`));
  const held = sum(processesOf(cgroup).map(pid => ownBytes(readVolatile(`/proc/${pid}/statm`))));
  return held > 0 ? held : null;
}
