import { type Assignment, readLines } from './lines.ts';
import type { Site } from './pool.ts';
import type { Problem } from './result.ts';
import { readSection } from './section.ts';
import { siteKeys, siteLists } from './site-keys.ts';
import { unknowns } from './unknown.ts';

export interface SiteFile {
  site: Site;
  problems: Problem[];
}

type ListKey = 'Listen' | 'TLSListen';

/** All values of a key that may be repeated, each checked by itself. */
function list(
  file: string,
  name: ListKey,
  given: readonly Assignment[],
): { values: string[]; problems: Problem[] } {
  const results = given
    .filter(a => a.section === 'Nginx' && a.key === name)
    .map(a => ({ line: a.line, parsed: siteKeys[name].parse(a.value) }));
  return {
    values: results.flatMap(({ parsed }) => (parsed.ok ? [parsed.value] : [])),
    problems: results.flatMap(({ line, parsed }) =>
      parsed.ok ? [] : [{ file, line, message: `${name}=: ${parsed.error}` }],
    ),
  };
}

type SiteValues = ReturnType<typeof readSection<typeof siteKeys>>;

const halfTls = (file: string, { values, lineOf }: SiteValues): Problem[] => {
  const [certificate, key] = [values.TLSCertificate, values.TLSKey];
  if ((certificate === null) === (key === null)) return [];
  const line = Math.max(lineOf('TLSCertificate'), lineOf('TLSKey'));
  return [{ file, line, message: 'TLSCertificate= and TLSKey= go together: give both' }];
};

function siteOf({ values: v }: SiteValues, listen: string[], tlsListen: string[]): Site {
  const both = v.TLSCertificate !== null && v.TLSKey !== null;
  return {
    serverNames: v.ServerName ?? [],
    listen,
    tls: both ? { listen: tlsListen, certificate: v.TLSCertificate ?? '', key: v.TLSKey ?? '' } : null,
    statusAllow: v.StatusAllow ?? [],
    control: v.Control ?? '',
    nginxGroup: v.Group ?? '',
  };
}

/** Understands cgipool.conf. With problems the site is of defaults where a value was bad. */
export function parseSite(file: string, text: string): SiteFile {
  const { assignments, problems } = readLines(file, text);
  const single = assignments.filter(a => a.section === 'Nginx' && !siteLists.has(a.key));
  const read = readSection(file, siteKeys, single);
  const listen = list(file, 'Listen', assignments);
  const tlsListen = list(file, 'TLSListen', assignments);
  const strange = unknowns(file, assignments, { Nginx: siteKeys }, []);
  const all = [
    ...problems,
    ...strange,
    ...read.problems,
    ...listen.problems,
    ...tlsListen.problems,
    ...halfTls(file, read),
  ];
  return {
    site: siteOf(read, listen.values, tlsListen.values),
    problems: all.sort((a, b) => a.line - b.line),
  };
}

/** The site of a machine without a cgipool.conf. */
export const defaultSite = (): Site => parseSite('cgipool.conf', '').site;
