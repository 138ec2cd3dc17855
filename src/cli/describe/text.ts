import type { Limits } from '../../host/systemd/settings.ts';
import { bold, columns } from '../output.ts';
import type { EnvironmentVariable, PoolDescription } from './report.ts';

/** A worker chooses what its environment holds: what would move the cursor is printed as in a string of JSON. */
const visible = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]/gu, letter => JSON.stringify(letter).slice(1, -1))
    .replace(/[\u007f-\u009f]/g, letter => `\\u00${letter.charCodeAt(0).toString(16)}`);

/** A word as systemd's command lines have it. */
const word = (text: string): string =>
  /^[^\s"'\\]+$/.test(text) ? visible(text) : visible(JSON.stringify(text));

const HIDDEN = '(hidden: --show-secrets as root shows it)';

const valueText = ({ value, hidden }: EnvironmentVariable): string =>
  value === null ? (hidden ? HIDDEN : '(not known)') : visible(value);

const bytes = (n: number | null): string =>
  n === null ? '-' : n >= 2 ** 20 ? `${Math.round(n / 2 ** 20)}M` : `${Math.round(n / 1024)}K`;
const plain = (n: number | null): string => (n === null ? '-' : String(n));
const share = (n: number | null): string => (n === null ? '-' : `${Math.round(n * 100)}%`);

const LIMITS: [name: string, of: (limits: Limits) => string][] = [
  ['MemoryMax=', ({ memoryMax }) => bytes(memoryMax)],
  ['MemoryHigh=', ({ memoryHigh }) => bytes(memoryHigh)],
  ['TasksMax=', ({ tasksMax }) => plain(tasksMax)],
  ['CPUQuota=', ({ cpuQuota }) => share(cpuQuota)],
  ['LimitNOFILE=', ({ openFiles }) => plain(openFiles)],
];

const limitRows = ({ limits, poolLimits }: PoolDescription): string[][] => [
  ['LIMIT', 'EACH', 'TOGETHER'],
  ...LIMITS.map(([name, of]) => [name, of(limits), of(poolLimits)]),
];

const instanceRows = ({ instances }: PoolDescription): string[][] => [
  ['UNIT', 'STATE', 'PID', 'ENDPOINT', 'NOTE'],
  ...instances.map(i => [i.unit, i.state, i.pid > 0 ? String(i.pid) : '-', i.endpoint, visible(i.detail)]),
];

const variableRows = ({ environment }: PoolDescription): string[][] => [
  ['NAME', 'FROM', 'VALUE'],
  ...environment.map(one => [visible(one.name), one.from, valueText(one)]),
];

const route = ({ location, stream, protocol }: PoolDescription): string =>
  `${location ?? stream ?? 'none'} (${protocol})`;

const headRows = (d: PoolDescription): string[][] => [
  ['state', `${d.state ?? 'not known'}, ${d.instances.length} instances (${d.min}..${d.max})`],
  ['route', route(d)],
  ['endpoints', d.endpoints.join(' ')],
  ['slots', d.slots],
  ['file', d.file],
  ['units', d.units.join(' ')],
  ['command', d.command.map(word).join(' ')],
  ['user', d.user + (d.dynamicUser ? ' (DynamicUser=)' : '')],
  ...(d.credentials.length > 0
    ? [['credentials', d.credentials.map(name => `$CREDENTIALS_DIRECTORY/${name}`).join(' ')]]
    : []),
  ...d.logs.map((command, i) => [i === 0 ? 'logs' : '', command]),
];

const block = (rows: string[][]): string => columns(rows).replace(/^/gm, '  ');

const titled = (title: string, rows: string[][]): string => `${title}\n${block(rows)}`;

/** What `cgipool describe` prints. */
export function descriptionText(d: PoolDescription): string {
  const from = d.process === null ? 'by its unit' : `of process ${d.process}`;
  return [
    titled(`${bold(d.pool)}  ${visible(d.description)}`, headRows(d)),
    titled(`environment of ${d.unit}, ${from}`, variableRows(d)),
    titled('limits', limitRows(d)),
    ...(d.instances.length > 0 ? [titled('instances', instanceRows(d))] : []),
    ...(d.notes.length > 0 ? [d.notes.map(note => `! ${note}`).join('\n')] : []),
  ].join('\n\n');
}
