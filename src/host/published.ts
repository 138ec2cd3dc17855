import { existsSync } from 'node:fs';
import type { Published } from '../plan/world.ts';
import { readJson } from './files.ts';
import { paths } from './paths.ts';

const INTERRUPTED = 'the publish step was interrupted: journalctl -u cgipool-publish.service';

const isPublished = (value: Published | null): value is Published =>
  value !== null && typeof value.generation === 'number' && typeof value.live === 'object';

/** The publish step's last report. One that was killed made none, but left its notes of what to put back. */
export async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = await readJson<Published>(paths.result);
  if (!isPublished(result)) return null;
  const interrupted = !publishing && existsSync(paths.undo);
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}
