import type { Problem } from '../base/result.ts';
import { portOf } from '../model/address.ts';
import type { Site } from '../model/site.ts';
import { machineKeys, siteKeys } from './keys/site-keys.ts';
import { type Assignment, ofReadable, readLines } from './lines.ts';
import { type Read, readSection } from './section.ts';
import { halfTls, tlsOf } from './tls.ts';
import { unknowns } from './unknown.ts';

export interface SiteFile {
  site: Site;
  problems: Problem[];
}

type SiteRead = Read<typeof siteKeys>;

const DEFAULTS = readSection('cgipool.conf', siteKeys, []).values;
const MACHINE = readSection('cgipool.conf', machineKeys, []).values;

/** A value, or its default where it was bad. */
function orDefault<T>(value: T | null, fallback: T | null): T {
  const found = value ?? fallback;
  if (found === null) throw new TypeError('a default is missing in the key table');
  return found;
}

function siteOf({ values: v, lineOf }: SiteRead, { values: m }: Read<typeof machineKeys>): Site {
  return {
    serverNames: orDefault(v.ServerName, DEFAULTS.ServerName),
    listen: [...(v.Listen ?? [])],
    tls: tlsOf(v),
    acmeWebroot: v.ACMEWebroot,
    statusAllow: orDefault(v.StatusAllow, DEFAULTS.StatusAllow),
    control: orDefault(v.Control, DEFAULTS.Control),
    accessLog: orDefault(v.AccessLog, DEFAULTS.AccessLog),
    nginxUser: (lineOf('User') > 0 ? v.User : v.Group) ?? orDefault(v.User, DEFAULTS.User),
    machine: {
      minAvailable: orDefault(m.MinAvailable, MACHINE.MinAvailable),
      maxPressure: orDefault(m.MaxPressure, MACHINE.MaxPressure),
    },
  };
}

/** The ports of the two server blocks; site.ts of render/ knows the same defaults. */
export const serverPorts = ({ listen, tls }: Site): number[] => [
  ...(listen.length > 0 ? listen.map(portOf) : [80]),
  ...(tls ? (tls.listen.length > 0 ? tls.listen.map(portOf) : [443]) : []),
];

function controlTaken(file: string, site: Site, { lineOf }: SiteRead): Problem[] {
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

/** Understands cgipool.conf. With problems the site has the default where a value was bad. */
export function parseSite(file: string, text: string): SiteFile {
  const lines = readLines(file, text);
  const of = (section: string): Assignment[] => lines.assignments.filter(a => a.section === section);
  const read = readSection(file, siteKeys, of('Nginx'));
  const machine = readSection(file, machineKeys, of('Machine'));
  const site = siteOf(read, machine);
  const problems = [
    ...lines.problems,
    ...ofReadable(lines, [
      ...unknowns(file, lines, { Nginx: siteKeys, Machine: machineKeys }, []),
      ...[read, machine].flatMap(part => part.problems),
      ...halfTls(file, read),
      ...controlTaken(file, site, read),
    ]),
  ];
  return { site, problems: problems.sort((a, b) => a.line - b.line) };
}

/** The site of a machine without a cgipool.conf. */
export const defaultSite = (): Site => parseSite('cgipool.conf', '').site;
