import { readOrEmpty } from '../files/files.ts';
import type { Bus } from '../systemd/bus.ts';
import { unitProperty } from '../systemd/systemd.ts';

/** nginx forks the workers of one reload at most so far apart, and reloads are further, in clock ticks of 10 ms. */
const SAME_RELOAD_TICKS = 5;

/** The title that nginx gives itself, such as `nginx: worker process`, or empty when it has ended; proc(5). */
const titleOf = (pid: string): Promise<string> => readOrEmpty(`/proc/${pid}/cmdline`);

/** It takes no request any more, but ends those that it has. */
const isEnding = (title: string): boolean => title.startsWith('nginx: worker process is shutting down');
const isAccepting = (title: string): boolean => title.startsWith('nginx: worker process') && !isEnding(title);

/** Field 22 of proc(5)'s stat, in clock ticks; the name before it may hold blanks. */
const startedAt = async (pid: string): Promise<number> =>
  Number((await readOrEmpty(`/proc/${pid}/stat`)).replace(/^.*\) /s, '').split(' ')[19] ?? 0);

async function pidsWhere(pids: readonly string[], holds: (title: string) => boolean): Promise<string[]> {
  const kept = await Promise.all(pids.map(async pid => (holds(await titleOf(pid)) ? [pid] : [])));
  return kept.flat();
}

async function nginxPids(bus: Bus): Promise<string[]> {
  const cgroup = String(await unitProperty(bus, 'nginx.service', 'Service', 'ControlGroup'));
  return (await readOrEmpty(`/sys/fs/cgroup${cgroup}/cgroup.procs`)).split('\n').filter(Boolean);
}

/** How many groups of numbers there are with gaps between them. */
export function groups(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.filter((time, i) => i === 0 || time - (sorted[i - 1] ?? 0) > SAME_RELOAD_TICKS).length;
}

/** How many configurations of nginx that were replaced still serve their last requests. */
export async function oldGenerations(bus: Bus): Promise<number> {
  const ending = await pidsWhere(await nginxPids(bus), isEnding);
  return groups(await Promise.all(ending.map(startedAt)));
}

/** The pids of the workers that take requests. */
export const acceptingWorkers = async (bus: Bus): Promise<string[]> =>
  pidsWhere(await nginxPids(bus), isAccepting);

/** None of these workers takes requests any more. */
export const haveStoppedAccepting = async (workers: readonly string[]): Promise<boolean> =>
  (await pidsWhere(workers, isAccepting)).length === 0;
