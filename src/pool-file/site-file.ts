import type { Problem } from '../base/result.ts';
import { portOf } from '../model/address.ts';
import type { Site } from '../model/site.ts';
import { machineKeys, siteKeys } from './keys/site-keys.ts';
import { type Assignment, onReadableLines, readLines } from './lines.ts';
import { type ParsedSection, readSection } from './section.ts';
import { checkTls, tlsOf } from './tls.ts';
import { findUnknown } from './unknown.ts';

export interface SiteFile {
  site: Site;
  problems: Problem[];
}

type SiteSection = ParsedSection<typeof siteKeys>;

const DEFAULTS = readSection('cgipool.conf', siteKeys, []).values;
const MACHINE_DEFAULTS = readSection('cgipool.conf', machineKeys, []).values;

/** A value, or its default if it is invalid. */
function orDefault<T>(value: T | null, fallback: T | null): T {
  const found = value ?? fallback;
  if (found === null) throw new TypeError('a default is missing in the key table');
  return found;
}

function siteOf({ values: v, lineOf }: SiteSection, { values: m }: ParsedSection<typeof machineKeys>): Site {
  return {
    serverNames: orDefault(v.ServerName, DEFAULTS.ServerName),
    listen: [...(v.Listen ?? [])],
    tls: tlsOf(v),
    acmeWebroot: v.ACMEWebroot,
    statusAllow: orDefault(v.StatusAllow, DEFAULTS.StatusAllow),
    control: orDefault(v.Control, DEFAULTS.Control),
    accessLog: orDefault(v.AccessLog, DEFAULTS.AccessLog),
    socketActivation: orDefault(v.SocketActivation, DEFAULTS.SocketActivation),
    nginxUser: (lineOf('User') > 0 ? v.User : v.Group) ?? orDefault(v.User, DEFAULTS.User),
    machine: {
      minAvailable: orDefault(m.MinAvailable, MACHINE_DEFAULTS.MinAvailable),
      maxPressure: orDefault(m.MaxPressure, MACHINE_DEFAULTS.MaxPressure),
    },
  };
}

/** The ports of the two server blocks; the defaults are those of render/site.ts. */
export const serverPorts = ({ listen, tls }: Site): number[] => [
  ...(listen.length > 0 ? listen.map(portOf) : [80]),
  ...(tls ? (tls.listen.length > 0 ? tls.listen.map(portOf) : [443]) : []),
];

function checkControl(file: string, site: Site, { lineOf }: SiteSection): Problem[] {
  const port = portOf(site.control);
  if (!serverPorts(site).includes(port)) return [];
  return [
    {
      file,
      line: lineOf('Control'),
      message: `Control= needs a port of its own: the server block listens on ${port}`,
    },
  ];
}

/** Parses cgipool.conf. An invalid value is a problem, and the site has its default. */
export function parseSite(file: string, text: string): SiteFile {
  const lines = readLines(file, text);
  const of = (section: string): Assignment[] => lines.assignments.filter(a => a.section === section);
  const read = readSection(file, siteKeys, of('Nginx'));
  const machine = readSection(file, machineKeys, of('Machine'));
  const site = siteOf(read, machine);
  const problems = [
    ...lines.problems,
    ...onReadableLines(lines, [
      ...findUnknown(file, lines, { Nginx: siteKeys, Machine: machineKeys }, []),
      ...[read, machine].flatMap(part => part.problems),
      ...checkTls(file, read),
      ...checkControl(file, site, read),
    ]),
  ];
  return { site, problems: problems.sort((a, b) => a.line - b.line) };
}

/** The site of a machine without a cgipool.conf. */
export const defaultSite = (): Site => parseSite('cgipool.conf', '').site;
