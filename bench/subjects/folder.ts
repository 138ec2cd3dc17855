import { mkdirSync } from 'node:fs';
import { running } from '../processes.ts';
import { sh } from '../shell.ts';

/** Where a subject's files are, readable by all. */
export const folderOf = (name: string): string => `/srv/bench/${name.replace(/\W+/g, '-')}`;

/** The worker under a path of the subject's own, by which its processes are known. */
export const workerOf = (name: string): string => `${folderOf(name)}/worker`;

/** Makes the folder with the worker in it. */
export async function bringWorker(name: string): Promise<void> {
  mkdirSync(folderOf(name), { recursive: true, mode: 0o755 });
  await sh(`gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o ${workerOf(name)} bench/worker.c`);
}

/** Its processes, by the path of the program. */
export const workersOf = async (name: string): Promise<number[]> => running(workerOf(name));
