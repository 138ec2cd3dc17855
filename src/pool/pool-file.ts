import { crossCheck } from './cross-check.ts';
import { directives, passThroughSections } from './directives.ts';
import { healthKeys, nginxKeys, poolKeys, scaleKeys, sections } from './keys.ts';
import { type Assignment, readLines } from './lines.ts';
import { POOL_NAME } from './names.ts';
import type { Health, NginxRoute, Pool, Scale } from './pool.ts';
import type { Problem } from './result.ts';
import { type Read, readSection } from './section.ts';
import { unknowns } from './unknown.ts';

/** A pool file understood, or why not; the lines serve messages about several pools. */
export interface PoolFile {
  file: string;
  pool: Pool | null;
  problems: Problem[];
  lineOf: { ports: number; location: number };
}

export interface Sections {
  pool: Read<typeof poolKeys>;
  health: Read<typeof healthKeys>;
  scale: Read<typeof scaleKeys>;
  nginx: Read<typeof nginxKeys>;
}

/** `/etc/cgipool/search.pool` -> `search` */
export const poolNameOf = (file: string): string =>
  file.slice(file.lastIndexOf('/') + 1).replace(/\.pool$/, '');

function nameProblems(file: string): Problem[] {
  if (POOL_NAME.test(poolNameOf(file))) return [];
  const message = `"${poolNameOf(file)}" is no pool name: a lower-case letter, then up to 31 letters, digits and hyphens`;
  return [{ file, line: 0, message }];
}

function readSections(file: string, given: readonly Assignment[]): Sections {
  const of = (section: string): Assignment[] => given.filter(a => a.section === section);
  return {
    pool: readSection(file, poolKeys, of('Pool')),
    health: readSection(file, healthKeys, of('Health')),
    scale: readSection(file, scaleKeys, of('Scale')),
    nginx: readSection(file, nginxKeys, of('Nginx')),
  };
}

/** A value whose absence was reported already; the pool is then not built. */
function given<T>(value: T | null): T {
  if (value === null) throw new TypeError('a value without a problem is missing');
  return value;
}

function health({ values: v }: Sections['health']): Health {
  const fall = given(v.Fall);
  return {
    probe: given(v.Probe),
    path: given(v.Path),
    host: given(v.Host),
    interval: given(v.Interval),
    timeout: given(v.Timeout),
    rise: given(v.Rise),
    fall,
    restartAfter: v.RestartAfter ?? fall + 1,
    startTimeout: given(v.StartTimeout),
  };
}

const scale = ({ values: v }: Sections['scale']): Scale => ({
  cpu: v.CPU,
  concurrency: v.Concurrency,
  window: given(v.Window),
});

const proxy = ({ values: v }: Sections['nginx']): NginxRoute => ({
  location: v.Location,
  balance: given(v.Balance),
  connectTimeout: given(v.ConnectTimeout),
  readTimeout: given(v.ReadTimeout),
  idempotent: given(v.Idempotent),
  maxBody: given(v.MaxBody),
});

const TEN = Array.from({ length: 10 }, (_, i) => i + 1);

/** The slots that Ports= or Slots= name. */
export const slotsOf = ({ values: v }: Sections['pool']): number[] =>
  v.Listen === 'unix' ? (v.Slots ?? TEN) : (v.Ports ?? []);

type Identity = Pick<
  Pool,
  'name' | 'description' | 'exec' | 'listen' | 'slots' | 'min' | 'max' | 'drainTimeout'
>;

function identity(name: string, read: Sections['pool']): Identity {
  const { values: v } = read;
  const slots = slotsOf(read);
  return {
    name,
    description: v.Description ?? `${name} pool`,
    exec: given(v.Exec),
    listen: given(v.Listen),
    slots,
    min: given(v.Min),
    max: v.Max ?? slots.length,
    drainTimeout: given(v.DrainTimeout),
  };
}

const byLine = (a: Problem, b: Problem): number => a.line - b.line;

/** Understands one pool file: the pool, or every mistake in it with its line. */
export function parsePool(file: string, text: string): PoolFile {
  const { assignments, problems: lines } = readLines(file, text);
  const read = readSections(file, assignments);
  const [service, unit, slice] = passThroughSections.map(section => directives(file, section, assignments));
  const passed = [service, unit, slice].flatMap(p => p?.problems ?? []);
  const valued = Object.values(read).flatMap(section => section.problems);
  const strange = unknowns(file, assignments, sections, passThroughSections);
  const found = [...nameProblems(file), ...lines, ...strange, ...valued, ...passed];
  const problems = [...found, ...crossCheck(file, read)].sort(byLine);
  const lineOf = { ports: read.pool.lineOf('Ports'), location: read.nginx.lineOf('Location') };
  if (problems.length > 0) return { file, pool: null, problems, lineOf };
  const parts = { health: health(read.health), scale: scale(read.scale), nginx: proxy(read.nginx) };
  const copied = { service: service?.list ?? [], unit: unit?.list ?? [], slice: slice?.list ?? [] };
  return { file, pool: { ...identity(poolNameOf(file), read.pool), ...parts, ...copied }, problems, lineOf };
}
