import { join } from 'node:path';
import { readJson, writeIfChanged } from '../host/files.ts';
import { paths } from '../host/paths.ts';
import { type Installed, isInstalled } from '../pool/installed.ts';
import { templateName } from '../pool/names.ts';
import type { Pool, Site } from '../pool/pool.ts';

/** What the last install left; null when there was none or the record is damaged. */
export async function installedNow(root: string): Promise<Installed | null> {
  const found = await readJson<unknown>(join(root, paths.installed));
  return isInstalled(found) ? found : null;
}

/**
 * Records the installed pools. One whose unit text changed gets the time of now, after systemd has read it: whatever
 * started before runs the old text and is to be replaced.
 */
export async function record(
  root: string,
  site: Site,
  pools: readonly Pool[],
  touched: readonly string[],
): Promise<boolean> {
  const before = await installedNow(root);
  const isChanged = (pool: Pool): boolean =>
    touched.some(path => path.endsWith(`/${templateName(pool.name)}`));
  const changedAt = (pool: Pool): number =>
    (!isChanged(pool) && before?.pools.find(p => p.pool.name === pool.name)?.changedAt) || Date.now();
  const installed: Installed = {
    version: 1,
    site,
    pools: pools.map(pool => ({ pool, changedAt: changedAt(pool) })),
  };
  return writeIfChanged(join(root, paths.installed), `${JSON.stringify(installed, null, 1)}\n`);
}
