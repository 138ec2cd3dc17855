import { err, ok, type Result } from '../base/result.ts';
import { readAssets } from '../host/files/assets.ts';
import { type FileContent, isAsWanted, isThere, readJson, writeFileAtomic } from '../host/files/files.ts';
import { hasIpv6 } from '../host/kernel/ipv6.ts';
import { logTag } from '../host/nginx/log-tag.ts';
import { isNginxUp, replaceConfig, servedGeneration } from '../host/nginx/nginx.ts';
import { oldGenerations } from '../host/nginx/workers.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { hasRestrictedRoute, type Installed, parseInstalled, servable } from '../model/installed.ts';
import { modeOf, paths } from '../model/paths.ts';
import { type Published, parsePublished, type Routing } from '../model/routing.ts';
import { renderLive } from '../render/live.ts';
import { OCCASIONAL, renderNginx } from '../render/nginx.ts';
import { type PublishRequest, readRequest } from './request.ts';

/** nginx's files: content by path, null for a file that no pool needs. */
type NginxFiles = Map<string, FileContent | null>;

const withModes = (texts: ReadonlyMap<string, string>, isRestricted: (path: string) => boolean): NginxFiles =>
  new Map([...texts].map(([path, text]) => [path, { text, mode: modeOf(path, isRestricted(path)) }]));

/** The files that list the healthy instances. */
const liveFiles = async (
  { site, pools }: Installed,
  routing: Routing,
  generation: number,
): Promise<NginxFiles> =>
  withModes(renderLive(site, pools.map(servable), routing, generation, await readAssets()), () => false);

/** All other files, which depend on the pool files only. */
async function fixedFiles({ site, pools }: Installed): Promise<NginxFiles> {
  const machine = { ipv6: hasIpv6(), tag: await logTag() };
  const assets = await readAssets();
  const texts = renderNginx({ site, pools: pools.map(p => p.pool), assets, machine });
  const files = withModes(texts, path => path === paths.locations && hasRestrictedRoute(pools));
  return new Map([...OCCASIONAL.map(path => [path, null] as const), ...files]);
}

/** What a generation consists of besides its routing. */
interface Base {
  installed: Installed;
  fixed: NginxFiles;
}

/** All of nginx's files for a generation. */
const filesFor = async (
  { installed, fixed }: Base,
  routing: Routing,
  generation: number,
): Promise<NginxFiles> => new Map([...fixed, ...(await liveFiles(installed, routing, generation))]);

async function areOnDisk(files: NginxFiles): Promise<boolean> {
  for (const [path, content] of files) if (!(await isAsWanted(path, content))) return false;
  return true;
}

/** nginx already serves this: it is not reloaded, as a reload costs keepalive clients a request. */
async function isServed(bus: Bus, base: Base, routing: Routing, last: Published): Promise<boolean> {
  // a killed step has to be rolled back first
  if (await isThere(paths.undo)) return false;
  if (last.error || !(await areOnDisk(await filesFor(base, routing, last.generation)))) return false;
  const { control } = base.installed.site;
  return !(await isNginxUp(bus)) || (await servedGeneration(control)) === last.generation;
}

/** Each uses as much memory as nginx itself until its slowest client is done. */
const MAX_OLD_CONFIGURATIONS = 10;

const tooMany = (old: number): string =>
  `${old} old configurations of nginx still serve requests (WebSockets, downloads): it is reloaded again when some have ` +
  'ended; worker_shutdown_timeout in nginx.conf limits how long they may take';

type Report = Omit<Published, 'at'>;

const nothing: Report = { generation: 0, live: {}, weights: {}, error: null };

/** Greater than any generation served before, also before a reboot. */
const nextGeneration = (request: PublishRequest | null, last: Published | null): number =>
  Math.max(request?.generation ?? 0, (last?.generation ?? 0) + 1, last ? 0 : Date.now());

/**
 * Replaces all files. If that fails and the routing changed, it replaces only the live files, next to the last good
 * fixed ones: then unhealthy instances are dropped all the same, and retries cost no reload.
 */
async function replace(
  bus: Bus,
  { installed, fixed }: Base,
  routing: Routing,
  generation: number,
  isChanged: boolean,
): Promise<Report> {
  const { control } = installed.site;
  const live = await liveFiles(installed, routing, generation);
  const done = await replaceConfig(bus, new Map([...fixed, ...live]), control, generation);
  const report = { generation, ...routing, error: done.ok ? null : done.error };
  if (done.ok || (isChanged && (await replaceConfig(bus, live, control, generation)).ok)) return report;
  throw new Error(done.error);
}

async function transact(bus: Bus, installed: Installed, last: Published | null): Promise<Report> {
  const request = await readRequest(installed, last?.generation ?? 0);
  if (!request.ok) throw new Error(request.error);
  const { live, weights }: Routing = request.value ?? last ?? nothing;
  const routing = { live, weights };
  const base = { installed, fixed: await fixedFiles(installed) };
  if (last && (await isServed(bus, base, routing, last))) return { ...last, ...routing, error: null };
  const old = await oldGenerations(bus);
  if (old > MAX_OLD_CONFIGURATIONS) throw new Error(tooMany(old));
  const isChanged = !last || JSON.stringify(live) !== JSON.stringify(last.live);
  return replace(bus, base, routing, nextGeneration(request.value, last), isChanged);
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
