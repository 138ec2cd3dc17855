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

/** Resident memory of a process, bytes (statm in proc(5)). */
const residentOf = (pid: string): number =>
  Number(readVolatile(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES;

/** Memory of a cgroup, bytes: as the kernel accounts it, else the sum over its processes; null when neither is known. */
export function memoryBytes(cgroup: string): number | null {
  const accounted = readVolatile(`${ROOT}${cgroup}/memory.current`);
  if (accounted !== '') return Number(accounted);
  const resident = processesOf(cgroup)
    .map(residentOf)
    .reduce((a, b) => a + b, 0);
  return resident > 0 ? resident : null;
}
