import { readVolatile } from '../files/volatile.ts';
import { processesOf } from './users.ts';

const SHELLS: readonly string[] = ['sh', 'dash', 'bash', 'ksh', 'zsh', 'busybox'];

/** The program of a process by its own word, without its folder; of a script that is the interpreter. */
const programOf = (pid: string): string =>
  (readVolatile(`/proc/${pid}/cmdline`).split('\0')[0] ?? '').replace(/^.*\//, '').replace(/^-/, '');

const parentOf = (pid: string): string =>
  /^PPid:\t(\d+)$/m.exec(readVolatile(`/proc/${pid}/status`))?.[1] ?? '';

/** Whether a process is a shell that has another one below it in its cgroup. */
export const isShellAbove = (pid: number, cgroup: string): boolean =>
  SHELLS.includes(programOf(String(pid))) &&
  processesOf(cgroup).some(other => parentOf(other) === String(pid));
