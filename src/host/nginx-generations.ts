import type { Bus } from './bus.ts';
import { readOrEmpty } from './files.ts';
import { unitProperty } from './systemd.ts';

/** nginx forks the workers of one reload at most so far apart, and reloads are further, in clock ticks of 10 ms. */
const TOGETHER = 5;

/** Its title, which nginx sets; proc(5). */
const isEnding = async (pid: string): Promise<boolean> =>
  (await readOrEmpty(`/proc/${pid}/cmdline`)).startsWith('nginx: worker process is shutting down');

/** Field 22 of proc(5)'s stat, in clock ticks; the name before it may hold blanks. */
const startedAt = async (pid: string): Promise<number> =>
  Number((await readOrEmpty(`/proc/${pid}/stat`)).replace(/^.*\) /s, '').split(' ')[19] ?? 0);

/** How many groups of numbers there are with gaps between them. */
export function groups(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.filter((time, i) => i === 0 || time - (sorted[i - 1] ?? 0) > TOGETHER).length;
}

/** How many configurations of nginx that were replaced still serve their last requests. */
export async function oldGenerations(bus: Bus): Promise<number> {
  const cgroup = String(await unitProperty(bus, 'nginx.service', 'Service', 'ControlGroup'));
  const pids = (await readOrEmpty(`/sys/fs/cgroup${cgroup}/cgroup.procs`)).split('\n').filter(Boolean);
  const ending = await Promise.all(
    pids.map(async pid => ((await isEnding(pid)) ? [await startedAt(pid)] : [])),
  );
  return groups(ending.flat());
}
