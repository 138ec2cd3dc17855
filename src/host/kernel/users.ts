import { readVolatile } from '../files/volatile.ts';

/** The effective user of a process; null when it has ended. proc(5): real, effective, saved, file system. */
export function uidOf(pid: string): number | null {
  const uid = /^Uid:\t\d+\t(\d+)\t/m.exec(readVolatile(`/proc/${pid}/status`))?.[1];
  return uid === undefined ? null : Number(uid);
}

/** The processes of a cgroup, by its path below the root. */
export const processesOf = (cgroup: string): string[] =>
  readVolatile(`/sys/fs/cgroup${cgroup}/cgroup.procs`)
    .split('\n')
    .filter(pid => pid !== '');

/** The users that run processes in a cgroup. */
export const usersOf = (cgroup: string): Set<number> =>
  new Set(processesOf(cgroup).flatMap(pid => uidOf(pid) ?? []));

/** `user mallory (uid 1001)`, as passwd(5) has the name; `uid 61184` where it has none. */
export function userWords(uid: number): string {
  const name = new RegExp(`^([^:]+):[^:]*:${uid}:`, 'm').exec(readVolatile('/etc/passwd'))?.[1];
  return name === undefined ? `uid ${uid}` : `user ${name} (uid ${uid})`;
}
