import {
  metricName,
  probeTemplateName,
  sliceName,
  socketTemplateName,
  templateName,
  wakeUnitName,
} from '../model/names.ts';
import type { Pool } from '../model/pool.ts';
import { maySleep } from '../model/traits.ts';
import { fill, textOf, type Values } from './fill.ts';
import { type NginxFacts, type NginxInput, renderNginx } from './nginx.ts';
import {
  hardening,
  renderMetric,
  renderProbe,
  renderSlice,
  renderSocket,
  renderTemplate,
  renderWakeService,
  renderWakeSocket,
} from './unit.ts';

/** What the texts need to know of the machine. */
export interface MachineFacts extends NginxFacts {
  /** Absolute path of the node that runs us. */
  node: string;
  /** Absolute path of our program. */
  program: string;
}

export interface MachineInput extends NginxInput {
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
function fixed({ site, assets, machine: { node, program } }: MachineInput): [string, string, Values][] {
  const NODE = argument(node);
  const sandbox = hardening(assets);
  const controller = { NODE, PROGRAM: argument(program), NGINXGROUP: site.nginxGroup, ...sandbox };
  const step = { NODE, STEP: argument(stepOf(program)), ...sandbox };
  return [
    [`${UNITS}/cgipool.service`, 'units/cgipool.service', controller],
    [`${UNITS}/cgipool-publish.service`, 'units/cgipool-publish.service', step],
    [`${UNITS}/cgipool-autoscale.service`, 'units/cgipool-autoscale.service', sandbox],
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

const wakeUnitsOf = (pool: Pool, { site, assets }: MachineInput): [string, string][] =>
  maySleep(pool)
    ? [
        [`${UNITS}/${wakeUnitName(pool.name, 'socket')}`, renderWakeSocket(pool, site, assets)],
        [`${UNITS}/${wakeUnitName(pool.name, 'service')}`, renderWakeService(pool, site, assets)],
      ]
    : [];

const socketsOf = (pool: Pool, { site, assets }: MachineInput): [string, string][] =>
  pool.activated ? [[`${UNITS}/${socketTemplateName(pool.name)}`, renderSocket(pool, site, assets)]] : [];

const unitsOf = (pool: Pool, { site, assets }: MachineInput): [string, string][] => [
  [`${UNITS}/${templateName(pool.name)}`, renderTemplate(pool, site, assets)],
  [`${UNITS}/${sliceName(pool.name)}`, renderSlice(pool, assets)],
];

/** Every file that an install wants, by absolute path, but for nginx's upstreams, which change by the minute. */
export function renderMachine(input: MachineInput): Map<string, string> {
  const { pools, assets } = input;
  return new Map([
    ...fixed(input).map(([path, name, values]): [string, string] => [
      path,
      textOf(fill(assets, name, values)),
    ]),
    ...pools.flatMap(pool =>
      [unitsOf, socketsOf, probesOf, metricsOf, wakeUnitsOf].flatMap(unitsFor => unitsFor(pool, input)),
    ),
    ...renderNginx(input),
  ]);
}
