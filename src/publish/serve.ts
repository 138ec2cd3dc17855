import { err, ok, type Result } from '../base/result.ts';
import { isAsWanted, isThere, readJson } from '../host/files/files.ts';
import { logLength, refusalSince } from '../host/nginx/error-log.ts';
import {
  isFailed,
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
import type { Published, Routing } from '../model/routing.ts';
import { type Candidate, retreat } from './candidates.ts';
import { warningsAbout, withTakenPort } from './faults.ts';
import { editedOf, filesFor, type NginxFiles, noteWritten } from './texts.ts';

/** One publish: what the controller asked for, and what the last one came to. */
export interface Publication {
  bus: Bus;
  routing: Routing;
  generation: number;
  last: Published | null;
  /** The administrator sets server_names_hash_bucket_size, and nginx takes it only once. */
  namesElsewhere: boolean;
}

/** What nginx serves after a publish, and what an administrator should know of it. */
export type Served = Pick<Published, 'generation' | 'warnings' | 'overwritten'>;

async function areOnDisk(files: NginxFiles): Promise<boolean> {
  for (const [path, content] of files) if (!(await isAsWanted(path, content))) return false;
  return true;
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

/** Has nginx load these files in place of those on disk. */
export async function load(
  { bus, generation }: Publication,
  { site }: Installed,
  files: NginxFiles,
): Promise<Result<Served>> {
  const overwritten = await editedOf(files);
  const done = await replaceConfig(bus, files, site.control, generation);
  if (!done.ok) return done;
  await noteWritten(files);
  return ok({ generation, overwritten, warnings: warningsAbout(site, done.value) });
}

/** A test of the configuration does not show that a port is taken, which keeps nginx from starting. */
async function serve(publication: Publication, installed: Installed): Promise<Result<Served>> {
  const length = await logLength();
  const served = await serveFiles(publication, installed);
  if (!served.ok || !(await isFailed(publication.bus))) return served;
  const reason = (await refusalSince(length)) ?? '';
  return withTakenPort(installed.pools, reason).length > 0 ? err(reason) : served;
}

/** Makes nginx serve what is installed. One that does not run reads it when it starts. */
async function serveFiles(publication: Publication, installed: Installed): Promise<Result<Served>> {
  const { bus, routing, generation, last, namesElsewhere } = publication;
  if (last && (await isServed(publication, installed))) {
    await startIfFailed(bus);
    return ok({ ...last, overwritten: [] });
  }
  const old = await oldGenerations(bus);
  if (old > MAX_OLD_CONFIGURATIONS) throw new Error(tooMany(old));
  return load(publication, installed, await filesFor(installed, routing, generation, namesElsewhere));
}

/** What nginx serves, and of which candidate. */
export type Accepted = Result<{ candidate: Candidate; served: Served }>;

/** Tries what is installed, then what remains of it without what nginx refuses. */
async function serveMost(publication: Publication, installed: Installed): Promise<Accepted> {
  const { routing, generation, last, namesElsewhere } = publication;
  const around = {
    accepted: parseInstalled(await readJson(paths.accepted)),
    known: last?.refused ?? {},
    test: async (some: Installed) => tryConfig(await filesFor(some, routing, generation, namesElsewhere)),
  };
  for (let candidate: Candidate = { installed, refused: {} }; ; ) {
    const served = await serve(publication, candidate.installed);
    if (served.ok) return ok({ candidate, served: served.value });
    if (isAboutNames(served.error)) return served;
    const next = await retreat(candidate, served.error, around);
    if (next === null) return served;
    candidate = next;
  }
}

/** nginx has too little room for names, or is told twice how much it has. */
const isAboutNames = (error: string): boolean => error.includes('server_names_hash_bucket_size');

/** With our size of the table of names or without: as last time, and the other way if nginx refuses that. */
export async function serveNames(publication: Publication, installed: Installed): Promise<Accepted> {
  const served = await serveMost(publication, installed);
  if (served.ok || !isAboutNames(served.error)) return served;
  const other = await serveMost({ ...publication, namesElsewhere: !publication.namesElsewhere }, installed);
  return other.ok ? other : served;
}
