import { readVolatile } from '../files/volatile.ts';

/** The effective uid of a process, the second one of the line in proc(5); null when the process has ended. */
function uidOf(pid: string): number | null {
  const uid = /^Uid:\t\d+\t(\d+)\t/m.exec(readVolatile(`/proc/${pid}/status`))?.[1];
  return uid === undefined ? null : Number(uid);
}

/** The pids of a cgroup; `cgroup` is its path below the root. */
export const processesOf = (cgroup: string): string[] =>
  readVolatile(`/sys/fs/cgroup${cgroup}/cgroup.procs`)
    .split('\n')
    .filter(pid => pid !== '');

/** The uids of the processes in a cgroup. */
export const usersOf = (cgroup: string): Set<number> =>
  new Set(processesOf(cgroup).flatMap(pid => uidOf(pid) ?? []));

/** `user mallory (uid 1001)`, or `uid 61184` for a user that is not in passwd(5). */
export function userWords(uid: number): string {
  const name = new RegExp(`^([^:]+):[^:]*:${uid}:`, 'm').exec(readVolatile('/etc/passwd'))?.[1];
  return name === undefined ? `uid ${uid}` : `user ${name} (uid ${uid})`;
}
