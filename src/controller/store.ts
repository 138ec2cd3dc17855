import { parseJson, readJson, readText } from '../host/files/files.ts';
import { writeVolatile } from '../host/files/volatile.ts';
import { pause } from '../host/wait.ts';
import type { Installed } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import { type Memory, newMemory, parseMemory } from '../plan/state/memory.ts';
import { completeInstalled } from '../pool-file/complete-installed.ts';
import type { Log } from './log.ts';

/** What was remembered before a restart, or a new memory when there is none or it is not one of ours. */
export async function loadMemory(log: Log): Promise<Memory> {
  const text = await readText(paths.memory);
  if (text === null) return newMemory();
  const known = parseMemory(parseJson(text));
  if (known) return known;
  log.warning(
    `${paths.memory} is damaged or of another version: going on with an empty memory; what runs is adopted, what was ` +
      'asked by cgipool scale or stop is forgotten',
  );
  return newMemory();
}

/** What the last `cgipool install` left. Throws when there was none. */
export async function loadInstalled(): Promise<Installed> {
  const installed = completeInstalled(await readJson<unknown>(paths.installed));
  if (installed) return installed;
  throw new Error(`${paths.installed} is missing or damaged: run cgipool install as root`);
}

/** How often an install is looked for where there is none, ms. */
const RETRY_INTERVAL_MS = 1_000;

/** Waits for an install where there is none: to end would be to be restarted for nothing, and to tell it each time. */
export async function awaitInstalled(log: Log): Promise<Installed> {
  for (let told = false; ; told = true) {
    try {
      return await loadInstalled();
    } catch (error) {
      if (!told) log.error(`${(error as Error).message}; waiting for it, what runs goes on`);
      await pause(RETRY_INTERVAL_MS);
    }
  }
}

/** Writes a file when its text changed; a full disk is told once per bout and costs nothing else. */
export class StateFile {
  #last = '';
  #ailing = false;

  constructor(
    readonly path: string,
    readonly log: Log,
  ) {}

  write(text: string): void {
    if (text === this.#last) return;
    try {
      writeVolatile(this.path, text);
      this.#last = text;
      this.#ailing = false;
    } catch (error) {
      if (!this.#ailing) this.log.error(`${(error as Error).message}; going on without it`);
      this.#ailing = true;
    }
  }
}
