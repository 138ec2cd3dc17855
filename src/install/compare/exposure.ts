import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssets } from '../../host/files/assets.ts';
import { exposureOf } from '../../host/systemd/exposure.ts';
import { templateName } from '../../model/names.ts';
import type { Pool } from '../../model/pool.ts';
import { renderTemplate } from '../../render/unit.ts';

/** The exposure level of each pool's sandbox as it would be installed, by pool name; see exposureOf. */
export async function exposures(pools: readonly Pool[]): Promise<Map<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'cgipool-check-'));
  try {
    const assets = await readAssets();
    const files = pools.map(pool => ({ pool, path: join(folder, templateName(pool.name)) }));
    for (const { pool, path } of files) await writeFile(path, renderTemplate(pool, assets));
    const found = files.length > 0 ? await exposureOf(files.map(({ path }) => path)) : new Map();
    return new Map(pools.flatMap(({ name }) => entry(name, found.get(templateName(name)))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const entry = (name: string, level: number | undefined): [string, number][] =>
  level === undefined ? [] : [[name, level]];
