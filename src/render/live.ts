import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { isStream } from '../model/traits.ts';
import type { Assets } from './fill.ts';
import { renderStreams } from './streams.ts';
import { renderUpstreams, type Sent } from './upstreams.ts';

/** The files of nginx that say who is healthy, by absolute path: those that change by the minute. */
export function renderLive(
  site: Site,
  pools: readonly Pool[],
  routing: Sent,
  generation: number,
  assets: Assets,
): Map<string, string> {
  const upstreams = renderUpstreams(site, pools, routing, generation, assets);
  return new Map([
    [paths.upstreams, upstreams],
    ...(pools.some(isStream) ? [[paths.streams, renderStreams(pools, routing, assets)] as const] : []),
  ]);
}
