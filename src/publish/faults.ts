import { hostname } from 'node:os';
import { type Refused, refusedOf, type Trial } from '../base/refused.ts';
import type { InstalledPool } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import type { Fault } from '../model/routing.ts';
import type { Site } from '../model/site.ts';
import { streamPorts } from '../model/traits.ts';

/** The first line of a pool file that sets one of the keys, to that value if one is given; 0 if none does. */
function lineOf(source: string, keys: readonly string[], value?: string): number {
  const isWanted = (line: string): boolean => {
    const [key = '', ...rest] = line.split('=');
    return keys.includes(key.trim()) && (value === undefined || rest.join('=').trim() === value);
  };
  return source.split('\n').findIndex(isWanted) + 1;
}

/** What is wrong, in nginx's words, without the place in a file that cgipool wrote. */
export function wordsOf(reason: string): string {
  const found = /(bind\(\) .*)/.exec(reason) ?? /\[emerg\] (?:\d+#\d+: )?(.*)/.exec(reason);
  return (found?.[1] ?? reason).replace(/ in \/etc\/nginx\/\S*cgipool\S*:\d+/, '').trim();
}

const withSet = ({ pool, ...rest }: InstalledPool, set: readonly string[]): InstalledPool => ({
  ...rest,
  pool: { ...pool, nginx: { ...pool.nginx, set: [...set] } },
});

/** The lines of a refused pool that are at fault: those of Set= without which nginx accepts it, or else its route's. */
export async function faultsOf(
  { member, reason }: Refused<InstalledPool>,
  trial: Trial<InstalledPool>,
): Promise<Fault[]> {
  const { source, pool } = member;
  const lines = await refusedOf(pool.nginx.set, set => trial([withSet(member, set)]));
  const message = `nginx refuses the route: ${wordsOf(reason)}`;
  if (lines === null || lines.length === 0)
    return [{ line: lineOf(source, ['Location', 'ListenStream']), message }];
  return lines.map(({ member: set, reason: why }) => ({
    line: lineOf(source, ['Set'], set),
    message: `nginx refuses Set=${set}: ${wordsOf(why)}`,
  }));
}

/** The pools whose port nginx could not listen on, by the error of a reload without effect. */
export function withTakenPort(pools: readonly InstalledPool[], error: string): Refused<InstalledPool>[] {
  const [, port] = /bind\(\) to \S*:(\d+) failed/.exec(error) ?? [];
  return pools
    .filter(({ pool }) => streamPorts(pool.nginx.stream).includes(Number(port)))
    .map(member => ({ member, reason: error }));
}

/** Of two server blocks with one name nginx uses the one that it reads first. */
const CONFLICT = /^conflicting server name "([^"]*)" on (\S+), ignored/;

function conflictIn(warning: string, names: ReadonlySet<string>): string | null {
  const [, name = '', at = ''] = CONFLICT.exec(warning) ?? [];
  return names.has(name)
    ? `two server blocks have the name ${name} on ${at}, and nginx ignores one of them: remove it from yours, or from ServerName= in cgipool.conf`
    : null;
}

const isOfOurs = (warning: string): boolean =>
  [paths.site, '/etc/nginx/cgipool/'].some(path => warning.includes(path));

/** What nginx warns of that concerns our files, rather than the administrator's alone. */
export function warningsAbout({ serverNames }: Site, warnings: readonly string[]): string[] {
  const names = new Set(serverNames.map(name => (name === '$hostname' ? hostname() : name).toLowerCase()));
  const ours = warnings.flatMap(
    warning => conflictIn(warning, names) ?? (isOfOurs(warning) ? [warning] : []),
  );
  return [...new Set(ours)];
}
