import {
  metricName,
  probeTemplateName,
  sliceName,
  socketTemplateName,
  templateName,
  wakeUnitName,
} from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import {
  AUTOSCALE_TIMER,
  AUTOSCALE_UNIT,
  CONTROLLER_UNIT,
  LOG_SOCKET,
  LOG_UNIT,
  NGINX_SOCKETS,
  NGINX_UNIT,
  PUBLISH_UNIT,
} from '../model/services.ts';
import type { Site } from '../model/site.ts';
import { rangesOf } from '../model/slots.ts';
import { maySleep } from '../model/traits.ts';
import { fill, type PlaceholderValues, textOf } from './fill.ts';
import { type NginxFacts, type NginxInput, renderNginx } from './nginx.ts';
import {
  bindsPort,
  hardening,
  renderMetric,
  renderPorts,
  renderProbe,
  renderSlice,
  renderSocket,
  renderTemplate,
  renderWakeService,
  renderWakeSocket,
} from './unit.ts';

/** What rendering needs to know about the machine. */
interface MachineFacts extends NginxFacts {
  /** Absolute path of the Node.js that runs us. */
  node: string;
  /** Absolute path of our program. */
  program: string;
}

export interface MachineInput extends NginxInput {
  machine: MachineFacts;
}

/** Quotes a path as one word of ExecStart=, systemd.service(5). */
const argument = (path: string): string => {
  const text = path.replaceAll('%', '%%');
  return /[\s"'\\;]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
};

/** A string of Perl. */
const perlString = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

const unit = (name: string): string => `${paths.units}/${name}`;

/** The publish step, next to the program. */
const stepOf = (program: string): string => program.replace(/[^/]*$/, 'publish.cjs');

/** The slots of a pool in polkit's rule, as JavaScript: `"search": [[8000,8009]],`. */
const slotsLine = ({ name, slots }: Pool): string =>
  `${JSON.stringify(name)}: ${JSON.stringify(rangesOf(slots))},`;

/** What makes systemd hold nginx's sockets: the links to the template, one for each address, are install's. */
const nginxSockets = ({ socketActivation }: Site): [string, string, PlaceholderValues][] =>
  socketActivation
    ? [
        [unit(NGINX_SOCKETS), `units/${NGINX_SOCKETS}`, {}],
        [unit(`${NGINX_UNIT}.d/cgipool-sockets.conf`), 'units/nginx.service.d-cgipool-sockets.conf', {}],
      ]
    : [];

/** Files that are no pool's: path, template, values. */
function fixed({
  site,
  pools,
  assets,
  machine: { node, program },
}: MachineInput): [string, string, PlaceholderValues][] {
  const NODE = argument(node);
  const sandbox = hardening(assets);
  const controller = { NODE, PROGRAM: argument(program), ...sandbox };
  const step = { NODE, STEP: argument(stepOf(program)), ...sandbox };
  return [
    [unit(CONTROLLER_UNIT), 'units/cgipool.service', controller],
    [unit(PUBLISH_UNIT), 'units/cgipool-publish.service', step],
    [unit(LOG_SOCKET), 'units/cgipool-log.socket', { ADDRESS: site.accessLog }],
    [unit(LOG_UNIT), 'units/cgipool-log.service', sandbox],
    [unit(AUTOSCALE_UNIT), 'units/cgipool-autoscale.service', sandbox],
    [unit(AUTOSCALE_TIMER), 'units/cgipool-autoscale.timer', {}],
    [unit(`${NGINX_UNIT}.d/cgipool.conf`), 'units/nginx.service.d-cgipool.conf', {}],
    ...nginxSockets(site),
    [paths.sysusers, 'units/sysusers.conf', { NGINXUSER: site.nginxUser }],
    [paths.tmpfiles, 'units/tmpfiles.conf', {}],
    [paths.busPolicy, 'units/org.cgipool1.conf', {}],
    [paths.polkitRules, 'units/50-cgipool.rules', { POOLS: pools.map(slotsLine) }],
    [paths.needrestart, 'units/needrestart.conf', { COMMAND: [node, program].map(perlString).join(', ') }],
  ];
}

const probesOf = (pool: Pool, { assets }: MachineInput): [string, string][] =>
  pool.health.probe === 'exec' ? [[unit(probeTemplateName(pool.name)), renderProbe(pool, assets)]] : [];

const metricsOf = (pool: Pool, { assets }: MachineInput): [string, string][] =>
  pool.scale.metric?.kind === 'exec'
    ? [[unit(metricName(pool.name)), renderMetric(pool, pool.scale.metric.command, assets)]]
    : [];

const wakeUnitsOf = (pool: Pool, { assets }: MachineInput): [string, string][] =>
  maySleep(pool)
    ? [
        [unit(wakeUnitName(pool.name, 'socket')), renderWakeSocket(pool, assets)],
        [unit(wakeUnitName(pool.name, 'service')), renderWakeService(pool, assets)],
      ]
    : [];

const socketsOf = (pool: Pool, { assets }: MachineInput): [string, string][] =>
  pool.activated ? [[unit(socketTemplateName(pool.name)), renderSocket(pool, assets)]] : [];

const unitsOf = (pool: Pool, { assets }: MachineInput): [string, string][] => [
  [unit(templateName(pool.name)), renderTemplate(pool, assets)],
  [unit(sliceName(pool.name)), renderSlice(pool, assets)],
  ...(bindsPort(pool)
    ? [[unit(`${templateName(pool.name)}.d/ports.conf`), renderPorts(pool, assets)] as [string, string]]
    : []),
];

const poolUnits = (pool: Pool, input: MachineInput): [string, string][] =>
  [unitsOf, socketsOf, probesOf, metricsOf, wakeUnitsOf].flatMap(unitsFor => unitsFor(pool, input));

/** The text of a file, and the pool whose unit it is; null: it is no pool's. */
export interface RenderedFile {
  text: string;
  pool: string | null;
}

/** Every file of an install, by absolute path, except nginx's upstreams, which change by the minute. */
export function renderMachine(input: MachineInput): Map<string, RenderedFile> {
  const files = new Map<string, RenderedFile>();
  for (const [path, name, values] of fixed(input))
    files.set(path, { text: textOf(fill(input.assets, name, values)), pool: null });
  for (const pool of input.pools)
    for (const [path, text] of poolUnits(pool, input)) files.set(path, { text, pool: pool.name });
  for (const [path, text] of renderNginx(input)) files.set(path, { text, pool: null });
  return files;
}
