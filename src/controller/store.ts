import { parseJson, readJson, readText } from '../host/files.ts';
import { paths } from '../host/paths.ts';
import { writeVolatile } from '../host/volatile.ts';
import type { Memory } from '../plan/memory.ts';
import { newMemory } from '../plan/memory.ts';
import { isMemory } from '../plan/memory-shape.ts';
import { upgraded } from '../plan/memory-upgrade.ts';
import type { Installed } from '../pool/installed.ts';
import { installedOf } from '../pool/installed-upgrade.ts';
import type { Log } from './log.ts';

/** What was remembered before a restart, or a new memory when there is none or it is not one of ours. */
export async function loadMemory(log: Log): Promise<Memory> {
  const text = await readText(paths.memory);
  if (text === null) return newMemory();
  const known = upgraded(parseJson(text));
  if (isMemory(known)) return known;
  log.warning(
    `${paths.memory} is damaged or of another version: going on with an empty memory; what runs is adopted, what was ` +
      'asked by cgipool scale or stop is forgotten',
  );
  return newMemory();
}

/** What the last `cgipool install` left. Throws when there was none. */
export async function loadInstalled(): Promise<Installed> {
  const installed = installedOf(await readJson<unknown>(paths.installed));
  if (installed) return installed;
  throw new Error(`${paths.installed} is missing or damaged: run cgipool install as root`);
}

/** How often an install is looked for where there is none, ms. */
const LOOK_FOR_INSTALL = 1_000;

/** Waits for an install where there is none: to end would be to be restarted for nothing, and to tell it each time. */
export async function awaitInstalled(log: Log): Promise<Installed> {
  for (let told = false; ; told = true) {
    try {
      return await loadInstalled();
    } catch (error) {
      if (!told) log.error(`${(error as Error).message}; waiting for it, what runs goes on`);
      await new Promise(resolve => setTimeout(resolve, LOOK_FOR_INSTALL));
    }
  }
}

/** Writes a file when its text changed; a full disk is told once per bout and costs nothing else. */
export class Keeper {
  #last = '';
  #ailing = false;

  constructor(
    readonly path: string,
    readonly log: Log,
  ) {}

  keep(text: string): void {
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
