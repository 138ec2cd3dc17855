import { removeFile, writeFileAtomic } from '../../host/files/files.ts';
import { paths } from '../../model/paths.ts';
import type { Logger } from '../log.ts';

/** Passes a healthy instance's endpoint to each pool's wake service, by a file. */
export class WakeTargets {
  #written = new Map<string, string | null>();

  constructor(readonly log: Logger) {}

  /** `endpoints`: by pool; null while no instance is healthy. */
  async write(endpoints: Record<string, string | null>): Promise<void> {
    for (const [pool, endpoint] of Object.entries(endpoints))
      if (this.#written.get(pool) !== endpoint) await this.#writeOne(pool, endpoint);
  }

  async #writeOne(pool: string, endpoint: string | null): Promise<void> {
    const path = `${paths.awake}/${pool}`;
    try {
      if (endpoint === null) await removeFile(path);
      else await writeFileAtomic(path, `${endpoint}\n`);
      this.#written.set(pool, endpoint);
    } catch (error) {
      this.log.error((error as Error).message);
    }
  }
}
