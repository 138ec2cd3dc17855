import type { Pool } from '../../../src/model/pool.ts';
import type { Site } from '../../../src/model/site.ts';
import { type Line, readUnit, valuesOf } from '../unit-reader.ts';

/** The words of a pool and a site, by the harmless words that stand for them. */
export interface Own {
  /** Replace a part of a word. */
  words: Map<string, string>;
  /** Lists with one directive for each element. */
  lists: Map<string, readonly string[]>;
  /** Lines of the passed-through sections, as in the pool file. */
  passed: readonly Line[];
  /** The words of each Set=. */
  set: readonly (readonly string[])[];
  /** Slots that are marked as backups. */
  spare: ReadonlySet<string>;
}

/** Escapes `%`, which begins a specifier in units. */
const literal = (text: string): string => text.replace(/%/g, '%%');

const number = (value: number, unit = ''): string => {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a plain number: ${value}`);
  return `${value}${unit}`;
};

/** Between nginx's words any number of blanks is one. */
const spaced = (text: string): string => text.replace(/[ \t]+/g, ' ');

function location(text: string): string {
  const decoded = decodeURIComponent(text);
  return decoded === '/' ? '/' : decoded.replace(/\/$/, '');
}

/** Escapes `.` and `+` for a regular expression; within nginx's quotes a backslash is doubled. */
export const inPattern = (text: string): string =>
  [...text].map(letter => (letter === '.' || letter === '+' ? `\\\\${letter}` : letter)).join('');

/** The words of a line, without the quotes of those that have any. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|[^ ]+/g)].map(([word, quoted]) => quoted ?? word);

const ofPool = (name: string, given: readonly Line[]): [string, string][] => {
  const text = (section: string, key: string): string => valuesOf(given, section, key)[0] ?? '';
  return [
    ['cgipool-qqname.slice', `cgipool-${name.split('-').join('\\x2d')}.slice`],
    ['qqname', name],
    ['qqdescription', literal(text('Pool', 'Description'))],
    ['/qq/exec', text('Pool', 'Exec')],
    ['/qq/check', text('Health', 'Command')],
    ['/qq/count', text('Scale', 'Metric').replace(/^exec:[ \t]*/, '')],
    ['/qqlocation', location(text('Nginx', 'Location') || '/')],
    ...['$arg_qqhash', '$remote_addr:qqhash'].map((mark): [string, string] => [
      mark,
      text('Nginx', 'Balance').replace(/^hash[ \t]+/, ''),
    ]),
    ['127.1.1.3:11133', text('Nginx', 'ListenStream')],
    ['/qq/script', text('Nginx', 'Script')],
    ['/qq/root', text('Nginx', 'Root').replace(/\/$/, '')],
    ['qqextension', (text('Nginx', 'ScriptExtensions') || 'php').split(/\s+/).join('|')],
  ];
};

/** Values that are numbers by their type. */
const numbersOf = (pool: Pool): [string, string][] => [
  ['11101ms', number(waitOf(pool), 'ms')],
  // the wake service looks every 50 ms for as long as nginx waits
  ['n=423;', `n=${number(Math.ceil((pool.health.startTimeout + waitOf(pool)) / 50))};`],
  ...others(pool),
];

/** The controller has five seconds to see a request that RequestTimeout= cuts, and nginx does not try it again. */
const waitOf = ({ nginx, health }: Pool): number =>
  Math.min(nginx.readTimeout, (health.requestTimeout ?? Infinity) + 5000);

const others = ({ nginx, health, slots }: Pool): [string, string][] => [
  ['22202ms', number(Math.min(2 * nginx.readTimeout, health.requestTimeout ?? Infinity), 'ms')],
  ['11103ms', number(nginx.connectTimeout, 'ms')],
  ['11105', number(nginx.maxBody)],
  ['11107ms', number(health.timeout, 'ms')],
  ['11139', number(nginx.maxConns ?? 0)],
  ['979', number(nginx.keepalive)],
  ['[[11127,11127]]', JSON.stringify(runsOf(slots))],
  ['64k', number(Math.max(64, slots.length + 16), 'k')],
];

/** The first and the last of each run of slots, by another way than the program's. */
const runsOf = (slots: readonly number[]): [number, number][] => {
  const has = new Set(slots);
  const firsts = slots.filter(slot => !has.has(slot - 1));
  const lasts = slots.filter(slot => !has.has(slot + 1));
  return firsts.map((first, i) => [first, lasts[i] ?? first]);
};

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** With its colon; empty for 443. */
function redirectPort(listen: readonly string[]): string {
  const ports = listen.map(text => /(\d+)(\s+default_server)?$/.exec(text)?.[1] ?? '443');
  return ports.includes('443') ? '' : `:${ports[0]}`;
}

const ofSite = (site: Site): [string, string][] => [
  ['127.1.1.1:911', site.control],
  ['127.1.1.2:912', site.accessLog],
  ['qqgroup', site.nginxUser],
  ['/qq/certificate', site.tls?.certificate ?? ''],
  ['/qq/key', site.tls?.key ?? ''],
  ['qqserver.name', site.serverNames.join(' ')],
  ['/qq/authorities', site.tls?.stapling?.authorities ?? ''],
  ['10.11.12.14', (site.tls?.stapling?.resolver ?? []).map(bracketed).join(' ')],
  ['/qq/webroot', site.acmeWebroot ?? ''],
  ['11131', number(Math.ceil((site.tls?.hsts ?? 0) / 1000))],
  [':11123', redirectPort(site.tls?.listen ?? [])],
];

/** The words of a pool and a site, from an independent parse of the pool file. */
export function ownOf(file: string, text: string, pool: Pool, site: Site): Own {
  const given = readUnit(text);
  const name = (file.split('/').at(-1) ?? '').replace(/\.pool$/, '');
  return {
    words: new Map([...ofPool(name, given), ...numbersOf(pool), ...ofSite(site)]),
    lists: new Map([
      ['tcp:11127', runsOf(pool.slots).map(([from, to]) => `tcp:${from === to ? from : `${from}-${to}`}`)],
      ['11127', pool.slots.map(slot => number(slot))],
      ['11121', site.listen.map(spaced)],
      ['11123', (site.tls?.listen ?? []).map(spaced)],
      ['10.11.12.13', site.statusAllow],
    ]),
    passed: given.filter(([section]) => ['Service', 'Unit', 'Slice'].includes(section)),
    set: valuesOf(given, 'Nginx', 'Set').map(wordsOf),
    spare: new Set(pool.nginx.backup.map(slot => number(slot))),
  };
}
