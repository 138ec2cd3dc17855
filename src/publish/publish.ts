import { err, ok, type Result } from '../base/result.ts';
import { monotonic } from '../host/clock.ts';
import { readJson, readText, writeFileAtomic, writeIfChanged } from '../host/files/files.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { type Installed, parseInstalled } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import {
  type Live,
  nothingPublished,
  type Published,
  parsePublished,
  type Routing,
} from '../model/routing.ts';
import { leavesNames } from '../render/names.ts';
import { type PublishRequest, readRequest } from './request.ts';
import { load, type Publication, serveNames } from './serve.ts';
import { liveFiles } from './texts.ts';

type Report = Omit<Published, 'at'>;

/** Greater than any generation served before, also before a reboot. */
const nextGeneration = (request: PublishRequest | null, last: Published | null): number =>
  Math.max(request?.generation ?? 0, (last?.generation ?? 0) + 1, last ? 0 : Date.now());

/** A pool that nginx serves in no form has no live instances. */
function liveIn({ pools }: Installed, { live }: Routing): Live {
  const served = new Set(pools.map(({ pool }) => pool.name));
  return Object.fromEntries(
    Object.entries(live).map(([name, slots]) => [name, served.has(name) ? slots : []]),
  );
}

/**
 * Keeps what to go back to: also if that is what is installed, since the next install may already be under way. On a full disk the record
 * before stays.
 */
const keepAccepted = (accepted: Installed): Promise<unknown> =>
  writeIfChanged(paths.accepted, JSON.stringify(accepted), 0o600).catch(() => {});

/**
 * Replaces all files. If that fails and the routing changed, it replaces only the live files, next to the last good
 * fixed ones: then unhealthy instances are dropped all the same, and retries cost no reload.
 */
async function replace(publication: Publication, installed: Installed): Promise<Report> {
  const { routing, generation, last } = publication;
  const done = await serveNames(publication, installed);
  if (done.ok) {
    const { candidate, served } = done.value;
    await keepAccepted(candidate.installed);
    const live = liveIn(candidate.installed, routing);
    return { ...routing, ...served, live, error: null, refused: candidate.refused };
  }
  const isChanged = !last || JSON.stringify(routing.live) !== JSON.stringify(last.live);
  const files = await liveFiles(installed, routing, generation);
  const less = isChanged ? await load(publication, installed, files) : done;
  if (!less.ok) throw new Error(done.error);
  return { ...routing, ...less.value, error: done.error, refused: {} };
}

async function transact(bus: Bus, installed: Installed, last: Published | null): Promise<Report> {
  const request = await readRequest(installed, last?.generation ?? 0);
  if (!request.ok) throw new Error(request.error);
  const { live, weights }: Routing = request.value ?? last ?? nothingPublished;
  const generation = nextGeneration(request.value, last);
  const namesElsewhere = leavesNames(await readText(paths.site));
  return replace({ bus, routing: { live, weights }, generation, last, namesElsewhere }, installed);
}

/**
 * The privileged step: makes nginx serve what the controller requested and the installed pools allow, and reports it.
 * On failure nginx keeps its last good configuration, and the report says why.
 */
export async function publishStep(bus: Bus): Promise<Result<Published>> {
  const at = monotonic();
  const installed = parseInstalled(await readJson(paths.installed));
  if (!installed)
    return err(`${paths.installed} is missing, damaged or from an earlier version: run cgipool install`);
  const last = parsePublished(await readJson(paths.result)) ?? null;
  const report = await transact(bus, installed, last).catch(
    (error: Error): Report => ({ ...(last ?? nothingPublished), error: error.message }),
  );
  await writeFileAtomic(paths.result, `${JSON.stringify({ ...report, at })}\n`);
  return report.error === null ? ok({ ...report, at }) : err(report.error);
}
