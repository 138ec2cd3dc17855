import { mkdirSync } from 'node:fs';
import { running } from '../processes.ts';
import { sh } from '../shell.ts';

/** The folder of a subject's files, readable by all. */
export const folderOf = (name: string): string => `/srv/bench/${name.replace(/\W+/g, '-')}`;

/** The worker program of a subject, whose path identifies its processes. */
export const workerOf = (name: string): string => `${folderOf(name)}/worker`;

/** Compiles the worker into the folder. */
export async function installWorker(name: string): Promise<void> {
  mkdirSync(folderOf(name), { recursive: true, mode: 0o755 });
  await sh(`gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o ${workerOf(name)} bench/worker.c`);
}

/** The worker processes of a subject. */
export const workersOf = async (name: string): Promise<number[]> => running(workerOf(name));
