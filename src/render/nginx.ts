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
  pools.some(needsTraffic)
    ? [['/etc/nginx/cgipool/traffic.conf', renderTraffic(site, pools, machine.tag, assets)]]
    : [];

/** Debian's nginx.conf reads this folder outside of its http block. */
const streamOf = ({ pools, assets }: NginxInput): [string, string][] =>
  pools.some(isStream)
    ? [['/etc/nginx/modules-enabled/90-cgipool.conf', textOf(fill(assets, 'nginx/main.conf', {}))]]
    : [];

/** Files of nginx that only some pools need: they go with the last of those. */
export const OCCASIONAL: readonly string[] = [
  '/etc/nginx/cgipool/traffic.conf',
  '/etc/nginx/cgipool/streams.conf',
  '/etc/nginx/modules-enabled/90-cgipool.conf',
];

/** Every file of nginx that changes with the pool files alone, by absolute path. */
export function renderNginx(input: NginxInput): Map<string, string> {
  const { site, pools, assets, machine } = input;
  return new Map([
    ['/etc/nginx/conf.d/cgipool.conf', renderSite(site, pools, machine.ipv6, assets)],
    ['/etc/nginx/cgipool/locations.conf', renderLocations(site, pools, assets)],
    ...trafficOf(input),
    ...streamOf(input),
  ]);
}
