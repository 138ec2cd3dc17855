import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { isStream, needsTraffic } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';
import { renderLocations } from './locations.ts';
import { renderSite } from './site.ts';
import { renderTraffic } from './traffic.ts';

/** What nginx's texts need to know of the machine. */
export interface NginxFacts {
  ipv6: boolean;
  /** Of nginx's log lines. */
  tag: string;
}

export interface NginxInput {
  site: Site;
  pools: readonly Pool[];
  assets: Assets;
  machine: NginxFacts;
}

const trafficOf = ({ site, pools, assets, machine }: NginxInput): [string, string][] =>
  pools.some(needsTraffic) ? [[paths.traffic, renderTraffic(site, pools, machine.tag, assets)]] : [];

const streamOf = ({ pools, assets }: NginxInput): [string, string][] =>
  pools.some(isStream) ? [[paths.streamBlock, textOf(fill(assets, 'nginx/main.conf', {}))]] : [];

/** Files of nginx that only some pools need: they go with the last of those. */
export const OCCASIONAL: readonly string[] = [paths.traffic, paths.streams, paths.streamBlock];

/** Every file of nginx that changes with the pool files alone, by absolute path. */
export function renderNginx(input: NginxInput): Map<string, string> {
  const { site, pools, assets, machine } = input;
  return new Map([
    [paths.site, renderSite(site, pools, machine.ipv6, assets)],
    [paths.locations, renderLocations(site, pools, assets)],
    ...trafficOf(input),
    ...streamOf(input),
  ]);
}
