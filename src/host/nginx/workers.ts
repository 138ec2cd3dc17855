import { NGINX_UNIT } from '../../model/services.ts';
import { readOrEmpty } from '../files/files.ts';
import type { Bus } from '../systemd/bus.ts';
import { unitProperty } from '../systemd/systemd.ts';

/** Workers of one reload start at most this far apart, and reloads are further apart; clock ticks of 10 ms. */
const SAME_RELOAD_TICKS = 5;

/** The process title, such as `nginx: worker process`; empty when the process has ended (cmdline in proc(5)). */
const titleOf = (pid: string): Promise<string> => readOrEmpty(`/proc/${pid}/cmdline`);

/** It accepts no more requests, but finishes those it has. */
const isEnding = (title: string): boolean => title.startsWith('nginx: worker process is shutting down');
const isAccepting = (title: string): boolean => title.startsWith('nginx: worker process') && !isEnding(title);

/** Start time: field 22 of stat in proc(5), clock ticks. The process name before it may contain spaces. */
const startedAt = async (pid: string): Promise<number> =>
  Number((await readOrEmpty(`/proc/${pid}/stat`)).replace(/^.*\) /s, '').split(' ')[19] ?? 0);

async function pidsWhere(pids: readonly string[], isWanted: (title: string) => boolean): Promise<string[]> {
  const wanted = await Promise.all(pids.map(async pid => (isWanted(await titleOf(pid)) ? [pid] : [])));
  return wanted.flat();
}

async function nginxPids(bus: Bus): Promise<string[]> {
  const cgroup = String(await unitProperty(bus, NGINX_UNIT, 'Service', 'ControlGroup'));
  return (await readOrEmpty(`/sys/fs/cgroup${cgroup}/cgroup.procs`)).split('\n').filter(Boolean);
}

/** Counts the reloads that the start times of workers (clock ticks) come from. */
export function groups(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.filter((time, i) => i === 0 || time - (sorted[i - 1] ?? 0) > SAME_RELOAD_TICKS).length;
}

/** How many replaced configurations still serve their last requests. */
export async function oldGenerations(bus: Bus): Promise<number> {
  const ending = await pidsWhere(await nginxPids(bus), isEnding);
  return groups(await Promise.all(ending.map(startedAt)));
}

/** The pids of the workers that accept requests. */
export const acceptingWorkers = async (bus: Bus): Promise<string[]> =>
  pidsWhere(await nginxPids(bus), isAccepting);

/** Whether none of these workers accepts requests any more. */
export const haveStoppedAccepting = async (workers: readonly string[]): Promise<boolean> =>
  (await pidsWhere(workers, isAccepting)).length === 0;
