import { readVolatile } from '../files/volatile.ts';
import { processesOf } from './users.ts';

const ROOT = '/sys/fs/cgroup';
/** Bytes of a page, as statm counts: 4 KiB on every machine that Debian runs Node on but some arm64 kernels. */
const PAGE_BYTES = 4096;

/** CPU time of a cgroup since it was made, microseconds; null where the kernel does not tell. */
export function cpuUsec(cgroup: string): number | null {
  const text = readVolatile(`${ROOT}${cgroup}/cpu.stat`);
  const match = /^usage_usec (\d+)$/m.exec(text);
  return match ? Number(match[1]) : null;
}

/** Resident memory of a process, bytes; proc(5), statm. */
const residentOf = (pid: string): number =>
  Number(readVolatile(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES;

/** Memory of a cgroup, bytes: as the kernel accounts it, else what its processes hold; null where neither is known. */
export function memoryBytes(cgroup: string): number | null {
  const accounted = readVolatile(`${ROOT}${cgroup}/memory.current`);
  if (accounted !== '') return Number(accounted);
  const held = processesOf(cgroup)
    .map(residentOf)
    .reduce((a, b) => a + b, 0);
  return held > 0 ? held : null;
}
