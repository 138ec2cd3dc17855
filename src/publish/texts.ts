import { dictionary, text } from '../base/schema.ts';
import { readAssets } from '../host/files/assets.ts';
import {
  digest,
  type FileContent,
  readJson,
  readText,
  removeFile,
  writeIfChanged,
} from '../host/files/files.ts';
import { hasIpv6 } from '../host/kernel/ipv6.ts';
import { logTag } from '../host/nginx/log-tag.ts';
import { hasRestrictedRoute, type Installed, servable } from '../model/installed.ts';
import { modeOf, paths } from '../model/paths.ts';
import { asleepIn, type Routing } from '../model/routing.ts';
import { renderLive } from '../render/live.ts';
import { OCCASIONAL, renderNginx } from '../render/nginx.ts';

/** nginx's files: content by path, null for a file that no pool needs. */
export type NginxFiles = Map<string, FileContent | null>;

const withModes = (texts: ReadonlyMap<string, string>, isRestricted: (path: string) => boolean): NginxFiles =>
  new Map([...texts].map(([path, text]) => [path, { text, mode: modeOf(path, isRestricted(path)) }]));

/** The files that list the healthy instances. */
export const liveFiles = async (
  { site, pools }: Installed,
  routing: Routing,
  generation: number,
): Promise<NginxFiles> =>
  withModes(renderLive(site, pools.map(servable), routing, generation, await readAssets()), () => false);

/** All other files, which depend on the pool files, and on which pools sleep. */
async function fixedFiles(
  { site, pools }: Installed,
  routing: Routing,
  namesElsewhere: boolean,
): Promise<NginxFiles> {
  const asleep = asleepIn(routing.live);
  const machine = { ipv6: hasIpv6(), namesElsewhere, asleep, tag: await logTag() };
  const assets = await readAssets();
  const texts = renderNginx({ site, pools: pools.map(p => p.pool), assets, machine });
  const files = withModes(texts, path => path === paths.locations && hasRestrictedRoute(pools));
  return new Map([...OCCASIONAL.map(path => [path, null] as const), ...files]);
}

/** All of nginx's files for a generation. `namesElsewhere`: the administrator sets the size of the table of names. */
export const filesFor = async (
  installed: Installed,
  routing: Routing,
  generation: number,
  namesElsewhere: boolean,
): Promise<NginxFiles> =>
  new Map([
    ...(await fixedFiles(installed, routing, namesElsewhere)),
    ...(await liveFiles(installed, routing, generation)),
  ]);

/** The digests of what the last publish wrote, by path. */
const readWritten = async (): Promise<Record<string, string>> =>
  dictionary(text).read(await readJson(paths.written)) ?? {};

/** Those of the files that somebody else changed or removed since, and that differ from what is to be written. */
export async function editedOf(files: NginxFiles): Promise<string[]> {
  const written = new Map(Object.entries(await readWritten()));
  const edited: string[] = [];
  for (const [path, content] of files) {
    const now = await readText(path);
    const before = written.get(path);
    if (before !== undefined && now !== content?.text && before !== digest(now ?? '')) edited.push(path);
  }
  return edited;
}

/** Notes what is on disk now. Without space for that no edit is known any more, rather than ours taken for one. */
export const noteWritten = (files: NginxFiles): Promise<unknown> =>
  note(files).catch(() => removeFile(paths.written));

async function note(files: NginxFiles): Promise<void> {
  const written = new Map(Object.entries(await readWritten()));
  for (const [path, content] of files)
    if (content === null) written.delete(path);
    else written.set(path, digest(content.text));
  await writeIfChanged(paths.written, `${JSON.stringify(Object.fromEntries(written))}\n`, 0o600);
}
