import { readVolatile } from '../files/volatile.ts';
import { processesOf } from './users.ts';

const SHELLS: readonly string[] = ['sh', 'dash', 'bash', 'ksh', 'zsh', 'busybox'];

/** The program of a process by its own word, without its folder; of a script that is the interpreter. */
const programOf = (pid: string): string =>
  (readVolatile(`/proc/${pid}/cmdline`).split('\0')[0] ?? '').replace(/^.*\//, '').replace(/^-/, '');

const parentOf = (pid: string): string =>
  /^PPid:\t(\d+)$/m.exec(readVolatile(`/proc/${pid}/status`))?.[1] ?? '';

/** SIGTERM in the masks of proc(5), of which the last four digits are enough. */
const SIGTERM = 1 << 14;

/** Its script has a trap for SIGTERM, by which it may pass it on: a shell without one leaves it at its default. */
function catchesSigterm(pid: string): boolean {
  const [, mask = ''] = /^SigCgt:\t[0-9a-f]*([0-9a-f]{4})$/m.exec(readVolatile(`/proc/${pid}/status`)) ?? [];
  return (Number.parseInt(mask, 16) & SIGTERM) !== 0;
}

/** Whether a process is a shell that ends at SIGTERM and leaves another one below it in its cgroup. */
export const isShellAbove = (pid: number, cgroup: string): boolean =>
  SHELLS.includes(programOf(String(pid))) &&
  !catchesSigterm(String(pid)) &&
  processesOf(cgroup).some(other => parentOf(other) === String(pid));
