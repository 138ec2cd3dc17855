import {
  doorbellName,
  metricName,
  probeTemplateName,
  sliceName,
  socketTemplateName,
  templateName,
} from '../pool/names.ts';
import type { Pool, Site } from '../pool/pool.ts';
import { isStream } from '../pool/route.ts';
import { maySleep } from '../pool/sleep.ts';
import { needsTraffic } from '../pool/traffic.ts';
import { type Assets, fill } from './fill.ts';
import { renderLocations } from './locations.ts';
import { renderSite } from './site.ts';
import { renderTraffic } from './traffic.ts';
import {
  renderDoorbell,
  renderMetric,
  renderProbe,
  renderSlice,
  renderSocket,
  renderTemplate,
} from './unit.ts';

/** What the texts need to know of the machine. */
export interface MachineFacts {
  ipv6: boolean;
  /** Absolute path of the node that runs us. */
  node: string;
  /** Absolute path of our program. */
  program: string;
  /** Of nginx's log lines. */
  tag: string;
}

export interface MachineInput {
  site: Site;
  pools: readonly Pool[];
  assets: Assets;
  machine: MachineFacts;
}

const UNITS = '/etc/systemd/system';

/** A path as one word of ExecStart=, as systemd.service(5) has it read. */
const argument = (path: string): string => {
  const text = path.replaceAll('%', '%%');
  return /[\s"'\\;]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
};

/** The publish step, which is beside the program. */
const stepOf = (program: string): string => program.replace(/[^/]*$/, 'publish.cjs');

/** Files that are the same whatever the pools are: where, from which template, with which values. */
function fixed({
  site,
  machine: { node, program },
}: MachineInput): [string, string, Record<string, string>][] {
  const NODE = argument(node);
  const controller = { NODE, PROGRAM: argument(program), NGINXGROUP: site.nginxGroup };
  const step = { NODE, STEP: argument(stepOf(program)) };
  return [
    [`${UNITS}/cgipool.service`, 'units/cgipool.service', controller],
    [`${UNITS}/cgipool-publish.service`, 'units/cgipool-publish.service', step],
    [`${UNITS}/cgipool-autoscale.service`, 'units/cgipool-autoscale.service', {}],
    [`${UNITS}/cgipool-autoscale.timer`, 'units/cgipool-autoscale.timer', {}],
    [`${UNITS}/nginx.service.d/cgipool.conf`, 'units/nginx.service.d-cgipool.conf', {}],
    ['/etc/sysusers.d/cgipool.conf', 'units/sysusers.conf', {}],
    ['/etc/tmpfiles.d/cgipool.conf', 'units/tmpfiles.conf', {}],
    ['/etc/dbus-1/system.d/org.cgipool1.conf', 'units/org.cgipool1.conf', {}],
    ['/etc/polkit-1/rules.d/50-cgipool.rules', 'units/50-cgipool.rules', {}],
  ];
}

const probesOf = (pool: Pool, { site, assets }: MachineInput): [string, string][] =>
  pool.health.probe === 'exec'
    ? [[`${UNITS}/${probeTemplateName(pool.name)}`, renderProbe(pool, site, assets)]]
    : [];

const metricsOf = (pool: Pool, { assets }: MachineInput): [string, string][] =>
  pool.scale.metric?.kind === 'exec'
    ? [[`${UNITS}/${metricName(pool.name)}`, renderMetric(pool, pool.scale.metric.command, assets)]]
    : [];

function doorbellsOf(pool: Pool, { site, assets }: MachineInput): [string, string][] {
  if (!maySleep(pool)) return [];
  const { socket, service } = renderDoorbell(pool, site, assets);
  return [
    [`${UNITS}/${doorbellName(pool.name, 'socket')}`, socket],
    [`${UNITS}/${doorbellName(pool.name, 'service')}`, service],
  ];
}

const socketsOf = (pool: Pool, { site, assets }: MachineInput): [string, string][] =>
  pool.activated ? [[`${UNITS}/${socketTemplateName(pool.name)}`, renderSocket(pool, site, assets)]] : [];

const unitsOf = (pool: Pool, { site, assets }: MachineInput): [string, string][] => [
  [`${UNITS}/${templateName(pool.name)}`, renderTemplate(pool, site, assets)],
  [`${UNITS}/${sliceName(pool.name)}`, renderSlice(pool, assets)],
];

const trafficOf = ({ site, pools, assets, machine }: MachineInput): [string, string][] =>
  pools.some(needsTraffic)
    ? [['/etc/nginx/cgipool/traffic.conf', renderTraffic(site, pools, machine.tag, assets)]]
    : [];

/** Debian's nginx.conf reads this folder outside of its http block. */
const streamOf = ({ pools, assets }: MachineInput): [string, string][] =>
  pools.some(isStream)
    ? [['/etc/nginx/modules-enabled/90-cgipool.conf', fill(assets, 'nginx/main.conf', {})]]
    : [];

/** Files of nginx that only some pools need: they go with the last of those. */
export const OCCASIONAL: readonly string[] = [
  '/etc/nginx/cgipool/traffic.conf',
  '/etc/nginx/cgipool/streams.conf',
  '/etc/nginx/modules-enabled/90-cgipool.conf',
];

/** Every file that an install wants, by absolute path, but for nginx's upstreams, which change by the minute. */
export function renderMachine(input: MachineInput): Map<string, string> {
  const { site, pools, assets, machine } = input;
  return new Map([
    ...fixed(input).map(([path, name, values]): [string, string] => [path, fill(assets, name, values)]),
    ...pools.flatMap(pool =>
      [unitsOf, socketsOf, probesOf, metricsOf, doorbellsOf].flatMap(unitsFor => unitsFor(pool, input)),
    ),
    ['/etc/nginx/conf.d/cgipool.conf', renderSite(site, pools, machine.ipv6, assets)],
    ['/etc/nginx/cgipool/locations.conf', renderLocations(site, pools, assets)],
    ...trafficOf(input),
    ...streamOf(input),
  ]);
}
