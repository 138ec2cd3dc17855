import { readdirSync, readFileSync } from 'node:fs';

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // it has ended
    return '';
  }
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** CPU time of running processes, ms; from the scheduler's nanoseconds, since ticks are too coarse. */
export const cpuOf = (pids: readonly number[]): number =>
  pids
    .flatMap(pid => threads(pid).map(task => read(`/proc/${pid}/task/${task}/schedstat`)))
    .reduce((sum, text) => sum + Number(text.split(' ')[0] ?? 0) / 1e6, 0);

/** The sum of a line of smaps_rollup (proc(5)) over the processes, MB. */
const memoryOf = (pids: readonly number[], line: RegExp): number =>
  pids
    .map(pid => line.exec(read(`/proc/${pid}/smaps_rollup`))?.[1])
    .reduce((sum, kb) => sum + Number(kb ?? 0) / 1024, 0);

/** Proportional set size: memory of the processes, with their part of what they share, MB. */
export const pssOf = (pids: readonly number[]): number => memoryOf(pids, /^Pss:\s+(\d+)/m);

/** The anonymous part of the PSS: data, without program text, MB. */
export const dataOf = (pids: readonly number[]): number => memoryOf(pids, /^Pss_Anon:\s+(\d+)/m);

const parentOf = (pid: number): number =>
  Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1] ?? 0);

const all = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0);

/** The children of some processes, in one scan of /proc: two hundred scans would be a load of their own. */
export function childrenOf(parents: readonly number[]): number[] {
  const known = new Set(parents);
  return all().filter(pid => known.has(parentOf(pid)));
}

/** The processes that have children. */
export function parentsAmong(pids: readonly number[]): number[] {
  const parents = new Set(all().map(parentOf));
  return pids.filter(pid => parents.has(pid));
}

/** Whether a process runs and is not a zombie. */
export const isAlive = (pid: number): boolean => /\) [^ZX] /.test(read(`/proc/${pid}/stat`));

const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');

/** Processes whose command line contains a text. */
export const named = (text: string): number[] =>
  all().filter(pid => pid !== process.pid && commandOf(pid).includes(text));

/** Processes of a program, by its path. */
export const running = (path: string): number[] => all().filter(pid => commandOf(pid).startsWith(`${path} `));

/** Sends a signal; the process may be gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  if (pid < 2) return;
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}
