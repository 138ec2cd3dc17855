import type { ServiceSettings } from '../../host/systemd/settings.ts';
import { OURS } from '../../pool-file/warnings/environment.ts';
import type { EnvironmentVariable } from './report.ts';
import { isSecret, withoutPasswords } from './secrets.ts';

/** What systemd sets by itself, see "Environment Variables in Spawned Processes" in systemd.exec(5). */
const BY_SYSTEMD =
  /^(PATH|LANG|LANGUAGE|LC_\w+|USER|LOGNAME|HOME|SHELL|TERM|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|PIDFILE|MAINPID|MANAGERPID|(RUNTIME|STATE|CACHE|LOGS|CONFIGURATION|CREDENTIALS)_DIRECTORY|LISTEN_(FDS|PID|FDNAMES)|NOTIFY_SOCKET|WATCHDOG_(PID|USEC)|MEMORY_PRESSURE_(WATCH|WRITE)|FDSTORE|REMOTE_(ADDR|PORT)|TMPDIR)$/;

export type Assignments = ReadonlyMap<string, string>;

/** A file of EnvironmentFile=. */
export interface EnvironmentFile {
  path: string;
  variables: Assignments;
}

/** `NAME=value` each, as systemd and the kernel list them. */
export const assignmentsOf = (list: readonly string[]): Map<string, string> =>
  new Map(
    list.filter(one => one.includes('=')).map(one => [one.replace(/=.*/s, ''), one.replace(/^[^=]*=/, '')]),
  );

/** A value and who set it; null: only that it is set is known. */
interface Given {
  value: string | null;
  from: string;
}

const PASSED = 'PassEnvironment=';

/** systemd's order, the last one counts: systemd.exec(5). */
function givenBy(settings: ServiceSettings, files: readonly EnvironmentFile[]): Map<string, Given> {
  const given = new Map<string, Given>();
  for (const name of settings.passEnvironment) given.set(name, { value: null, from: PASSED });
  for (const [name, value] of assignmentsOf(settings.environment))
    given.set(name, { value, from: OURS.includes(name) ? 'cgipool' : 'Environment=' });
  for (const { path, variables } of files)
    for (const [name, value] of variables) given.set(name, { value, from: path });
  for (const text of settings.unsetEnvironment) {
    const [name = '', value] = [
      text.replace(/=.*/s, ''),
      text.includes('=') ? text.replace(/^[^=]*=/, '') : null,
    ];
    if (value === null || given.get(name)?.value === value) given.delete(name);
  }
  return given;
}

/** Where a variable of a process comes from: what is not known may be of a file that could not be read, or the program's. */
function sourceOf(name: string, value: string, given: ReadonlyMap<string, Given>, more: string): string {
  const known = given.get(name);
  if (known && (known.value === null || known.value === value)) return known.from;
  return !known && BY_SYSTEMD.test(name) ? 'systemd' : more;
}

/** From where values are shown. Everything else may come of a file that only root may read. */
const isOpen = (from: string): boolean => ['cgipool', 'Environment=', 'systemd'].includes(from);

function shown(name: string, { value, from }: Given, showSecrets: boolean): EnvironmentVariable {
  if (value === null || showSecrets) return { name, value, hidden: false, from };
  if (!isOpen(from) || isSecret(name, value)) return { name, value: null, hidden: true, from };
  const text = withoutPasswords(value);
  return { name, value: text, hidden: text !== value, from };
}

/** What a worker sees: `process` is the environment of a running one, null where it is not known. */
export function environmentOf(
  settings: ServiceSettings,
  files: readonly EnvironmentFile[],
  process: Assignments | null,
  showSecrets: boolean,
): EnvironmentVariable[] {
  const given = givenBy(settings, files);
  const more = settings.environmentFiles.length > 0 ? 'EnvironmentFile=' : 'its program';
  const all = process
    ? new Map(
        [...process].map(([name, value]) => [name, { value, from: sourceOf(name, value, given, more) }]),
      )
    : given;
  return [...all]
    .map(([name, one]) => shown(name, one, showSecrets))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
