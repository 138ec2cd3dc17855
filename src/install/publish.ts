import type { Bus } from '../host/bus.ts';
import { readJson, readText, writeFileAtomic } from '../host/files.ts';
import { isNginxUp, replaceConfig, servedGeneration } from '../host/nginx.ts';
import { paths } from '../host/paths.ts';
import { isPublished } from '../plan/memory-shape.ts';
import type { Live, Published } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { err, ok, type Result } from '../pool/result.ts';
import { renderUpstreams } from '../render/upstreams.ts';
import { readAssets } from './assets.ts';
import { installedNow } from './record.ts';
import { readRequest } from './request.ts';
import { isNginx, wantedFiles } from './wanted.ts';

type Texts = Map<string, string>;

/** All of nginx's texts for a generation. */
async function textsFor({ site, pools }: Installed, live: Live, generation: number): Promise<Texts> {
  const list = pools.map(p => p.pool);
  const fixed = [...(await wantedFiles(site, list))].filter(([path]) => isNginx(path));
  return new Map([
    ...fixed,
    [paths.upstreams, renderUpstreams(site, list, live, generation, await readAssets())],
  ]);
}

async function areOnDisk(texts: Texts): Promise<boolean> {
  for (const [path, text] of texts) if ((await readText(path)) !== text) return false;
  return true;
}

/** nginx already serves just this: then it is not reloaded, since a reload costs keepalive clients a request. */
async function isServed(
  bus: Bus,
  installed: Installed,
  live: Live,
  last: Published | null,
): Promise<boolean> {
  if (!last || last.error || !(await areOnDisk(await textsFor(installed, live, last.generation))))
    return false;
  return !(await isNginxUp(bus)) || (await servedGeneration(installed.site.control)) === last.generation;
}

const nothing: Published = { generation: 0, live: {}, error: null, at: 0 };

async function transact(bus: Bus, installed: Installed, last: Published | null): Promise<Result<Published>> {
  const request = await readRequest(installed);
  if (!request.ok) return request;
  const live = request.value?.live ?? last?.live ?? {};
  // later than whatever was served before, also before a reboot
  const generation = Math.max(
    request.value?.generation ?? 0,
    (last?.generation ?? 0) + 1,
    last ? 0 : Date.now(),
  );
  const report = { generation, live, error: null, at: Date.now() };
  if (await isServed(bus, installed, live, last))
    return ok({ ...report, generation: last?.generation ?? generation });
  const done = await replaceConfig(
    bus,
    await textsFor(installed, live, generation),
    installed.site.control,
    generation,
  );
  return done.ok ? ok(report) : done;
}

/**
 * The privileged step: makes nginx serve what the controller asked for and the installed pools allow, and reports it.
 * On failure nginx goes on with the last good text, and the report says why.
 */
export async function publishStep(bus: Bus): Promise<Result<Published>> {
  const installed = await installedNow('/');
  if (!installed) return err(`${paths.installed} is missing or damaged: run cgipool install`);
  const found = await readJson<unknown>(paths.result);
  const last = isPublished(found) ? found : null;
  const done = await transact(bus, installed, last).catch(error => err((error as Error).message));
  const report = done.ok ? done.value : { ...(last ?? nothing), error: done.error, at: Date.now() };
  await writeFileAtomic(paths.result, `${JSON.stringify(report)}\n`);
  return done;
}
