import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { isStream, needsTraffic } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';
import { renderLocations } from './locations.ts';
import { renderSite } from './site.ts';
import { renderAccess, renderTraffic } from './traffic.ts';

/** What rendering nginx's files needs to know about the machine. */
export interface NginxFacts {
  ipv6: boolean;
  /** Whether the administrator sets server_names_hash_bucket_size. */
  namesElsewhere?: boolean;
  /** The pools whose requests nginx sends to the wake socket. */
  asleep?: ReadonlySet<string>;
  /** Marks nginx's log lines as genuine. */
  tag: string;
}

export interface NginxInput {
  site: Site;
  pools: readonly Pool[];
  assets: Assets;
  machine: NginxFacts;
}

const trafficOf = ({ pools, assets }: NginxInput): [string, string][] =>
  pools.some(needsTraffic) ? [[paths.traffic, renderTraffic(pools, assets)]] : [];

const streamOf = ({ pools, assets }: NginxInput): [string, string][] =>
  pools.some(isStream) ? [[paths.streamBlock, textOf(fill(assets, 'nginx/main.conf', {}))]] : [];

/** nginx's files that only some pools need, removed with the last of those. */
export const OCCASIONAL: readonly string[] = [paths.traffic, paths.streams, paths.streamBlock];

/** nginx's files that depend on the pool files only, by absolute path. */
export function renderNginx(input: NginxInput): Map<string, string> {
  const { site, pools, assets, machine } = input;
  return new Map([
    [paths.site, renderSite(site, pools, machine, assets)],
    [paths.locations, renderLocations(site, pools, assets, machine.asleep)],
    [paths.access, renderAccess(site, pools, machine.tag, assets)],
    ...trafficOf(input),
    ...streamOf(input),
  ]);
}
