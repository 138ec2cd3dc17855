import { readAssets } from '../host/files/assets.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { renderLive } from '../render/live.ts';
import { nothingSent } from '../render/upstreams.ts';
import { changedTexts, writeChanges } from './changes.ts';
import type { InstallPlan } from './compare/plan-install.ts';
import { enableIn } from './enable-in.ts';
import { writeInstalled } from './installed-store.ts';
import type { Machine } from './machine.ts';
import { writeSnapshots } from './snapshots/snapshot-store.ts';

/** In an image nginx starts before the controller, and fails without the upstreams that the site includes. */
async function addUpstreams(machine: Machine, site: Site, pools: readonly Pool[]): Promise<void> {
  for (const [path, text] of renderLive(site, pools, nothingSent(), 0, await readAssets()))
    if ((await machine.readText(path)) === null) await machine.write(path, text);
}

/**
 * Writes the files below another root, for images: nginx's too, since no publish step runs there. Enables the
 * controller, so that it starts with the image.
 */
export async function installFiles(machine: Machine, plan: InstallPlan): Promise<void> {
  const { site, pools, wanted, changes, snapshots } = plan;
  await writeSnapshots(machine, snapshots);
  await writeChanges(machine, changes, wanted);
  await addUpstreams(machine, site, pools);
  await writeInstalled(machine, plan, changedTexts(changes));
  await enableIn(machine, wanted);
}
