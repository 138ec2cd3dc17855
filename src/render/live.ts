import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { isStream } from '../model/traits.ts';
import type { Assets } from './fill.ts';
import { renderStreams } from './streams.ts';
import { renderUpstreams, type SentTo } from './upstreams.ts';

/** nginx's files that list the healthy instances, by absolute path. They change by the minute. */
export function renderLive(
  site: Site,
  pools: readonly Pool[],
  routing: SentTo,
  generation: number,
  assets: Assets,
): Map<string, string> {
  const upstreams = renderUpstreams(site, pools, routing, generation, assets);
  return new Map([
    [paths.upstreams, upstreams],
    ...(pools.some(isStream) ? [[paths.streams, renderStreams(pools, routing, assets)] as const] : []),
  ]);
}
