import { err, ok, type Result } from '../base/result.ts';
import {
  isAsWanted,
  isThere,
  readJson,
  readText,
  writeFileAtomic,
  writeIfChanged,
} from '../host/files/files.ts';
import {
  isNginxUp,
  replaceConfig,
  servedGeneration,
  startIfFailed,
  testNginx,
  tryConfig,
} from '../host/nginx/nginx.ts';
import { oldGenerations } from '../host/nginx/workers.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { type Installed, parseInstalled } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import { type Live, type Published, parsePublished, type Routing } from '../model/routing.ts';
import { leavesNames } from '../render/names.ts';
import { type Candidate, retreat } from './candidates.ts';
import { type PublishRequest, readRequest } from './request.ts';
import { filesFor, liveFiles, type NginxFiles } from './texts.ts';

async function areOnDisk(files: NginxFiles): Promise<boolean> {
  for (const [path, content] of files) if (!(await isAsWanted(path, content))) return false;
  return true;
}

/** One publish: what the controller asked for, and what the last one came to. */
interface Publication {
  bus: Bus;
  routing: Routing;
  generation: number;
  last: Published | null;
  /** The administrator sets server_names_hash_bucket_size, and nginx takes it only once. */
  namesElsewhere: boolean;
}

/** nginx already serves this: it is not reloaded, as a reload costs keepalive clients a request. */
async function isServed(
  { bus, routing, last, namesElsewhere }: Publication,
  installed: Installed,
): Promise<boolean> {
  // a killed step has to be rolled back first
  if (!last || (await isThere(paths.undo))) return false;
  if (last.error || !(await areOnDisk(await filesFor(installed, routing, last.generation, namesElsewhere))))
    return false;
  if (!(await isNginxUp(bus))) return (await testNginx()).ok;
  return (await servedGeneration(installed.site.control)) === last.generation;
}

/** Each uses as much memory as nginx itself until its slowest client is done. */
const MAX_OLD_CONFIGURATIONS = 10;

const tooMany = (old: number): string =>
  `${old} old configurations of nginx still serve requests (WebSockets, downloads): it is reloaded again when some have ` +
  'ended; worker_shutdown_timeout in nginx.conf limits how long they may take';

type Report = Omit<Published, 'at'>;

const nothing: Report = { generation: 0, live: {}, weights: {}, error: null, refused: {} };

/** Greater than any generation served before, also before a reboot. */
const nextGeneration = (request: PublishRequest | null, last: Published | null): number =>
  Math.max(request?.generation ?? 0, (last?.generation ?? 0) + 1, last ? 0 : Date.now());

/** Makes nginx serve a candidate. The value: the generation that it serves. */
async function serve(publication: Publication, { site, ...rest }: Installed): Promise<Result<number>> {
  const { bus, routing, generation, last, namesElsewhere } = publication;
  if (last && (await isServed(publication, { site, ...rest }))) {
    await startIfFailed(bus);
    return ok(last.generation);
  }
  const old = await oldGenerations(bus);
  if (old > MAX_OLD_CONFIGURATIONS) throw new Error(tooMany(old));
  const files = await filesFor({ site, ...rest }, routing, generation, namesElsewhere);
  const done = await replaceConfig(bus, files, site.control, generation);
  return done.ok ? ok(generation) : done;
}

/** Tries what is installed, then what remains of it without what nginx refuses. */
async function serveMost(
  publication: Publication,
  installed: Installed,
): Promise<Result<{ candidate: Candidate; generation: number }>> {
  const { routing, generation, last, namesElsewhere } = publication;
  const around = {
    accepted: parseInstalled(await readJson(paths.accepted)),
    known: last?.refused ?? {},
    test: async (some: Installed) => tryConfig(await filesFor(some, routing, generation, namesElsewhere)),
  };
  for (let candidate: Candidate = { installed, refused: {} }; ; ) {
    const served = await serve(publication, candidate.installed);
    if (served.ok) return ok({ candidate, generation: served.value });
    if (isAboutNames(served.error)) return served;
    const next = await retreat(candidate, served.error, around);
    if (next === null) return served;
    candidate = next;
  }
}

/** nginx has too little room for names, or is told twice how much it has. */
const isAboutNames = (error: string): boolean => error.includes('server_names_hash_bucket_size');

/** With our size of the table of names or without: as last time, and the other way if nginx refuses that. */
async function serveNames(publication: Publication, installed: Installed): ReturnType<typeof serveMost> {
  const served = await serveMost(publication, installed);
  if (served.ok || !isAboutNames(served.error)) return served;
  const other = await serveMost({ ...publication, namesElsewhere: !publication.namesElsewhere }, installed);
  return other.ok ? other : served;
}

/** A pool that nginx serves in no form has no live instances. */
function liveIn({ pools }: Installed, { live }: Routing): Live {
  const served = new Set(pools.map(({ pool }) => pool.name));
  return Object.fromEntries(
    Object.entries(live).map(([name, slots]) => [name, served.has(name) ? slots : []]),
  );
}

/**
 * Replaces all files. If that fails and the routing changed, it replaces only the live files, next to the last good
 * fixed ones: then unhealthy instances are dropped all the same, and retries cost no reload.
 */
async function replace(publication: Publication, installed: Installed): Promise<Report> {
  const { bus, routing, generation, last } = publication;
  const done = await serveNames(publication, installed);
  if (done.ok) {
    const { candidate, generation: served } = done.value;
    // also if that is what is installed, since the next install may already be under way
    await writeIfChanged(paths.accepted, JSON.stringify(candidate.installed), 0o600);
    const live = liveIn(candidate.installed, routing);
    return { ...routing, live, generation: served, error: null, refused: candidate.refused };
  }
  const isChanged = !last || JSON.stringify(routing.live) !== JSON.stringify(last.live);
  const files = await liveFiles(installed, routing, generation);
  if (isChanged && (await replaceConfig(bus, files, installed.site.control, generation)).ok)
    return { generation, ...routing, error: done.error, refused: {} };
  throw new Error(done.error);
}

async function transact(bus: Bus, installed: Installed, last: Published | null): Promise<Report> {
  const request = await readRequest(installed, last?.generation ?? 0);
  if (!request.ok) throw new Error(request.error);
  const { live, weights }: Routing = request.value ?? last ?? nothing;
  const generation = nextGeneration(request.value, last);
  const namesElsewhere = leavesNames(await readText(paths.site));
  return replace({ bus, routing: { live, weights }, generation, last, namesElsewhere }, installed);
}

/**
 * The privileged step: makes nginx serve what the controller requested and the installed pools allow, and reports it.
 * On failure nginx keeps its last good configuration, and the report says why.
 */
export async function publishStep(bus: Bus): Promise<Result<Published>> {
  const at = Date.now();
  const installed = parseInstalled(await readJson(paths.installed));
  if (!installed)
    return err(`${paths.installed} is missing, damaged or from an earlier version: run cgipool install`);
  const last = parsePublished(await readJson(paths.result)) ?? null;
  const report = await transact(bus, installed, last).catch(
    (error: Error): Report => ({ ...(last ?? nothing), error: error.message }),
  );
  await writeFileAtomic(paths.result, `${JSON.stringify({ ...report, at })}\n`);
  return report.error === null ? ok({ ...report, at }) : err(report.error);
}
