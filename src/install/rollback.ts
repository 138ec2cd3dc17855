import { stat } from 'node:fs/promises';
import { err, ok, type Result } from '../base/result.ts';
import type { InstalledPool } from '../model/installed.ts';
import { noSuchPool } from '../model/names.ts';
import { modeOf, paths } from '../model/paths.ts';
import { readInstalled } from './installed-store.ts';
import type { Machine } from './machine.ts';

/** The pools that the last install changed. */
function lastChanged(pools: readonly InstalledPool[]): InstalledPool[] {
  const can = pools.filter(({ previous }) => previous !== null);
  const latest = Math.max(...can.map(({ revision }) => revision));
  return can.filter(({ revision }) => revision === latest);
}

function chosen(pools: readonly InstalledPool[], name: string | null): Result<InstalledPool[]> {
  if (name === null) {
    const list = lastChanged(pools);
    return list.length > 0 ? ok(list) : err('no pool has a previous revision');
  }
  const found = pools.find(({ pool }) => pool.name === name);
  if (!found)
    return err(
      noSuchPool(
        name,
        pools.map(p => p.pool.name),
      ),
    );
  return found.previous === null ? err(`${name} has no previous revision`) : ok([found]);
}

/** The mode of the file, to be kept: it may hold secrets. */
const modeNow = (file: string, restricted: boolean): Promise<number> =>
  stat(file).then(
    ({ mode }) => mode & 0o777,
    () => modeOf(file, restricted),
  );

async function restore(machine: Machine, known: InstalledPool): Promise<string> {
  const { pool, source, previous, restricted } = known;
  const file = `${paths.pools}/${pool.name}.pool`;
  const mode = await modeNow(await machine.locate(file), restricted);
  // the rejected text is kept, under a name that is not a pool file's
  await machine.write(`${file}.rejected`, source, mode);
  await machine.write(file, previous ?? source, mode);
  return machine.at(file);
}

/**
 * Restores the previous pool files: of one pool, or of all that the last install changed. The present text is kept as
 * NAME.pool.rejected. Returns the files; an install then applies them.
 */
export async function rollBack(machine: Machine, name: string | null): Promise<Result<string[]>> {
  const pools = chosen((await readInstalled(machine))?.pools ?? [], name);
  if (!pools.ok) return pools;
  const files: string[] = [];
  for (const pool of pools.value) files.push(await restore(machine, pool));
  return ok(files);
}
