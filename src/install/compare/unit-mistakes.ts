import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Problem } from '../../base/result.ts';
import { readAssets } from '../../host/files/assets.ts';
import { type UnitFault, unitFaults } from '../../host/systemd/verify.ts';
import { poolFileOf, sliceName, unitName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Directive, Pool } from '../../model/pool.ts';
import { renderSlice, renderTemplate } from '../../render/unit.ts';

/** The units of a pool that have its own directives, by file name: the instance on its first slot, for %i to be a slot. */
async function unitsOf(pool: Pool): Promise<[name: string, text: string][]> {
  const assets = await readAssets();
  return [
    [unitName(pool.name, pool.slots[0] ?? 1), renderTemplate(pool, assets)],
    [sliceName(pool.name), renderSlice(pool, assets)],
  ];
}

const directivesOf = ({ unit, service, slice }: Pool): Directive[] => [...unit, ...service, ...slice];

/** The directive of the pool file that a message about a unit is about; undefined if the line is not the pool's own. */
function culprit(pool: Pool, text: string, { line, message }: UnitFault): Directive | undefined {
  const own = directivesOf(pool);
  const at = text.split('\n')[line - 1] ?? '';
  if (line > 0) return own.findLast(({ key, value }) => `${key}=${value}` === at);
  const named = [...message.matchAll(/\b([A-Z]\w+)=/g)].map(([, key]) => key);
  return own.findLast(({ key }) => named.includes(key));
}

/** The path of a pool's file, for people. */
type FileOf = (pool: Pool) => string;

const installed: FileOf = ({ name }) => join(paths.pools, poolFileOf(name));

function problemOf(pool: Pool, file: string, text: string, fault: UnitFault): Problem[] {
  const found = culprit(pool, text, fault);
  if (found === undefined) return [];
  const message = `systemd refuses ${found.key}=${found.value}: ${fault.message.replace(/, ignoring\b\.?/, '')}`;
  return [{ file, line: found.line, message }];
}

async function faultsIn(folder: string, pools: readonly Pool[], fileOf: FileOf): Promise<Problem[]> {
  const units = await Promise.all(
    pools.map(async pool => (await unitsOf(pool)).map(unit => ({ pool, unit }))),
  );
  const files = new Map(
    units.flat().map(({ pool, unit: [name, text] }) => [join(folder, name), { pool, text }]),
  );
  for (const [path, { text }] of files) await writeFile(path, text);
  return (await unitFaults([...files.keys()])).flatMap(fault => {
    const about = files.get(join(folder, basename(fault.file)));
    return about ? problemOf(about.pool, fileOf(about.pool), about.text, fault) : [];
  });
}

/** What systemd would ignore or refuse of the pools' own directives, with the line in the pool file. */
export async function unitMistakes(pools: readonly Pool[], fileOf = installed): Promise<Problem[]> {
  if (!pools.some(pool => directivesOf(pool).length > 0)) return [];
  const folder = await mkdtemp(join(tmpdir(), 'cgipool-verify-'));
  try {
    return await faultsIn(folder, pools, fileOf);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
