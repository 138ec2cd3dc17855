import { basename } from 'node:path';
import { bootId } from '../host/boot.ts';
import { monotonic } from '../host/clock.ts';
import { INSTALLED_SCHEMA, type Installed, type InstalledPool } from '../model/installed.ts';
import { poolFileOf, socketTemplateName, templateName } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { completeInstalled } from '../pool-file/complete-installed.ts';
import type { Machine } from './machine.ts';
import type { Files } from './snapshots/snapshot.ts';

/** The record of the last install; null if there is none or it is damaged. */
export async function readInstalled(machine: Machine): Promise<Installed | null> {
  return completeInstalled(await machine.readJson(paths.installed));
}

/** The part of a plan that is recorded. */
export interface Recorded {
  site: Site;
  pools: readonly Pool[];
  /** The files of /etc/cgipool that are in force: of a pool with a mistake the one that was installed before. */
  files: Files;
  /** The pools whose file not everybody may read. */
  restricted: ReadonlySet<string>;
}

/** Previous slots that no pool uses now; none if Listen= changed, as their endpoints would differ. */
function retiredOf(pool: Pool, pools: readonly Pool[], before: InstalledPool | null): number[] {
  if (before?.pool.listen !== pool.listen) return [];
  const taken = new Set(
    pools
      .filter(p => p.name === pool.name || (p.listen === 'tcp' && pool.listen === 'tcp'))
      .flatMap(p => p.slots),
  );
  return [...new Set([...before.pool.slots, ...before.retired])].filter(slot => !taken.has(slot));
}

type Revision = Pick<InstalledPool, 'revision' | 'began'>;

/** A pool whose units changed gets a new revision, the present time: instances started before it are outdated. */
function revisionOf(before: InstalledPool | null, isTouched: boolean, now: number): Revision {
  const at = monotonic();
  if (!before || isTouched) return { revision: now, began: { boot: bootId(), at } };
  // of an earlier version, which had the time of day alone
  const began = before.began ?? { boot: bootId(), at: at - (now - before.revision) };
  return { revision: before.revision, began };
}

/** The templates of a pool's instances and of their sockets: a change makes a new revision. */
const templatesOf = ({ name }: Pool): string[] => [templateName(name), socketTemplateName(name)];

/** Whether a pool gets a new revision when these files change. */
export const isRevisedBy = (pool: Pool, touched: readonly string[]): boolean =>
  touched.some(path => templatesOf(pool).includes(basename(path)));

const textOf = (installed: Installed): string => `${JSON.stringify(installed, null, 1)}\n`;

/** Records the installed pools, after systemd has read their units. Returns whether the record changed. */
export async function writeInstalled(
  machine: Machine,
  { site, pools, files, restricted }: Recorded,
  touched: readonly string[],
): Promise<boolean> {
  const known = await readInstalled(machine);
  const before = new Map(known?.pools.map(one => [one.pool.name, one]));
  const now = Date.now();
  const entries = pools.map(pool => {
    const old = before.get(pool.name) ?? null;
    return {
      pool,
      ...revisionOf(old, isRevisedBy(pool, touched), now),
      source: files.get(poolFileOf(pool.name))?.text ?? '',
      retired: retiredOf(pool, pools, old),
      restricted: restricted.has(pool.name),
    };
  });
  const installed: Installed = { version: INSTALLED_SCHEMA, site, pools: entries, at: known?.at ?? now };
  const isSame = (await machine.readText(paths.installed)) === textOf(installed);
  // with the texts of pool files. The directory is of the controller's group, and so is what is made in it
  return machine.writeIfChanged(
    paths.installed,
    textOf(isSame ? installed : { ...installed, at: now }),
    0o640,
  );
}

/** For the first install after an update from a version whose publish step did not note what nginx accepted. */
export async function noteAccepted(machine: Machine): Promise<void> {
  const now = await machine.readText(paths.installed);
  if (now !== null && (await machine.readText(paths.accepted)) === null)
    await machine.write(paths.accepted, now, 0o600);
}

/** Records a plan in which some pools are again as they were before the present record: so are their entries. */
export async function restoreInstalled(
  machine: Machine,
  { site, pools }: Pick<Recorded, 'site' | 'pools'>,
  before: Installed | null,
): Promise<void> {
  const now = await readInstalled(machine);
  const entries = pools.flatMap(pool => {
    const known = [now, before]
      .flatMap(record => record?.pools ?? [])
      .filter(one => one.pool.name === pool.name);
    return known.find(one => JSON.stringify(one.pool) === JSON.stringify(pool)) ?? [];
  });
  const installed: Installed = { version: INSTALLED_SCHEMA, site, pools: entries, at: Date.now() };
  await machine.writeIfChanged(paths.installed, textOf(installed), 0o640);
}
