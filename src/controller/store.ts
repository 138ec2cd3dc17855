import { bootId } from '../host/boot.ts';
import { epochOfClock, pause } from '../host/clock.ts';
import { parseJson, readJson, readText } from '../host/files/files.ts';
import { writeVolatile } from '../host/files/volatile.ts';
import { type Installed, onMonotonic } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import { type Memory, newMemory, parseMemory } from '../plan/state/memory.ts';
import { completeInstalled } from '../pool-file/complete-installed.ts';
import type { Logger } from './log.ts';

/** The memory from before a restart, or a new one if there is none or it cannot be read. */
export async function loadMemory(log: Logger): Promise<Memory> {
  const text = await readText(paths.memory);
  if (text === null) return newMemory();
  const known = parseMemory(parseJson(text), epochOfClock());
  if (known) return known;
  log.warning(
    `${paths.memory} is damaged or from another version: starting with an empty memory; running instances are adopted, ` +
      'but cgipool scale and cgipool stop are forgotten',
  );
  return newMemory();
}

/** The record of the last `cgipool install`. Throws if there is none. */
export async function loadInstalled(): Promise<Installed> {
  const installed = completeInstalled(await readJson<unknown>(paths.installed));
  if (installed) return onMonotonic(installed, bootId(), epochOfClock());
  throw new Error(`${paths.installed} is missing or damaged: run cgipool install as root`);
}

/** How often to look for a missing record, ms. */
const RETRY_INTERVAL_MS = 1_000;

/** Waits for a record if there is none: exiting would only make systemd restart us, with the same error each time. */
export async function awaitInstalled(log: Logger): Promise<Installed> {
  for (let isLogged = false; ; isLogged = true) {
    try {
      return await loadInstalled();
    } catch (error) {
      if (!isLogged) log.error(`${(error as Error).message}; waiting for it, running instances keep serving`);
      await pause(RETRY_INTERVAL_MS);
    }
  }
}

/** Writes a file when its text changed. A full disk is logged once, until a write succeeds again. */
export class StateFile {
  #last = '';
  #isFailing = false;

  constructor(
    readonly path: string,
    readonly log: Logger,
  ) {}

  write(text: string): void {
    if (text === this.#last) return;
    try {
      writeVolatile(this.path, text);
      this.#last = text;
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.log.error(`${(error as Error).message}; continuing without it`);
      this.#isFailing = true;
    }
  }
}
