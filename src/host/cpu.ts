import { readFile } from 'node:fs/promises';

/** CPU time of a cgroup since it was made, microseconds; null where the kernel does not tell. */
export async function cpuUsec(cgroup: string): Promise<number | null> {
  const text = await readFile(`/sys/fs/cgroup${cgroup}/cpu.stat`, 'utf8').catch(() => '');
  const match = /^usage_usec (\d+)$/m.exec(text);
  return match ? Number(match[1]) : null;
}
