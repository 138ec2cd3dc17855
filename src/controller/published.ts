import { isThere } from '../host/files.ts';
import { paths } from '../host/paths.ts';
import { readVolatileJson } from '../host/volatile.ts';
import { publishedOf } from '../plan/memory-shape.ts';
import type { Published } from '../plan/world.ts';

const INTERRUPTED = 'the publish step was interrupted: journalctl -u cgipool-publish.service';

/** The publish step's last report. One that was killed made none, but left its notes of what to put back. */
export async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = publishedOf(readVolatileJson(paths.result));
  if (!result) return null;
  const interrupted = !publishing && (await isThere(paths.undo));
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}
