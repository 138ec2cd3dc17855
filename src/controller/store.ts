import { readJson, writeIfChanged } from '../host/files.ts';
import { paths } from '../host/paths.ts';
import type { Memory } from '../plan/memory.ts';
import { newMemory } from '../plan/memory.ts';
import type { Installed } from '../pool/installed.ts';
import type { Log } from './log.ts';

/** What was remembered before a restart, or a new memory when there is none or it is of another version. */
export async function loadMemory(): Promise<Memory> {
  const known = await readJson<Memory>(paths.memory);
  return known?.version === 1 ? known : newMemory();
}

/** What the last `cgipool install` left. Throws when there was none. */
export async function loadInstalled(): Promise<Installed> {
  const installed = await readJson<Installed>(paths.installed);
  if (installed?.version === 1) return installed;
  throw new Error(`${paths.installed} is missing or damaged: run cgipool install as root`);
}

/** Writes a file when its text changed; a full disk is told once per bout and costs nothing else. */
export class Keeper {
  #last = '';
  #ailing = false;

  constructor(
    readonly path: string,
    readonly log: Log,
  ) {}

  async keep(text: string): Promise<void> {
    if (text === this.#last) return;
    try {
      await writeIfChanged(this.path, text);
      this.#last = text;
      this.#ailing = false;
    } catch (error) {
      if (!this.#ailing)
        this.log.error(`cannot write ${this.path} (${(error as Error).message}): going on without it`);
      this.#ailing = true;
    }
  }
}
