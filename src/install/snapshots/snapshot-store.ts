import { join } from 'node:path';
import type { Installed } from '../../model/installed.ts';
import { modeOf, paths } from '../../model/paths.ts';
import type { Machine } from '../machine.ts';
import { type Files, noSnapshots, parseSnapshots, recordInstall, type Snapshots } from './snapshot.ts';

const SITE_FILE = 'cgipool.conf';

/** 0.1.0 recorded the text of each pool file, and none of cgipool.conf: the present one stands for it. */
async function filesOf(machine: Machine, { pools }: Installed): Promise<Files> {
  const site = await machine.readText(join(paths.pools, SITE_FILE)).catch(() => null);
  const texts = pools.map(({ pool: { name }, source, restricted }) => {
    const path = join(paths.pools, `${name}.pool`);
    return [`${name}.pool`, { text: source, mode: modeOf(path, restricted) }] as const;
  });
  return new Map([...texts, ...(site === null ? [] : [[SITE_FILE, { text: site, mode: 0o600 }] as const])]);
}

/** What earlier installs put into force; of one that recorded no snapshot, what else it recorded. */
export async function readSnapshots(machine: Machine, before: Installed | null): Promise<Snapshots> {
  const known = parseSnapshots(await machine.readJson(paths.snapshots));
  if (known || !before) return known ?? noSnapshots();
  const at = Math.max(0, ...before.pools.map(({ revision }) => revision));
  return recordInstall(noSnapshots(), await filesOf(machine, before), at);
}

/** Records the snapshots, for root alone: they hold the texts of all pool files. */
export const writeSnapshots = (machine: Machine, snapshots: Snapshots): Promise<boolean> =>
  machine.writeIfChanged(paths.snapshots, `${JSON.stringify(snapshots)}\n`, 0o600);
