import type { Problem } from '../base/result.ts';
import type { Key, Section, Values } from './keys/key.ts';
import type { Assignment } from './lines.ts';

/** The values of one section, and where each was given. */
export interface Read<S extends Section> {
  values: Values<S>;
  /** Line of a key, or 0 when it is absent. */
  lineOf: (key: keyof S & string) => number;
  /** The line of each value of a key that may be repeated, in the order of the values. */
  linesOf: (key: keyof S & string) => readonly number[];
  problems: Problem[];
}

/** Later lines of a key that may be given once are problems that name the first. */
function repeated(file: string, table: Section, given: readonly Assignment[]): Problem[] {
  const first = new Map<string, number>();
  return given.flatMap(({ key, line }) => {
    if (table[key]?.repeats) return [];
    const before = first.get(key);
    if (before === undefined) first.set(key, line);
    return before === undefined
      ? []
      : [{ file, line, message: `${key}= is already set on line ${before}: keep one of them` }];
  });
}

type Valued = { value: unknown; problem?: Problem };

/** One value by its key; what is wrong follows on the text as given: `Min=0 is too small: at least 1`. */
function readValue(file: string, { parse }: Key<unknown>, given: Assignment): Valued {
  const { key, value: text, line } = given;
  const at = (message: string): Valued => ({ value: null, problem: { file, line, message } });
  if (text === '') return at(`${key}= is empty: set a value or remove the line`);
  const parsed = parse(text);
  if (parsed.ok) return { value: parsed.value };
  return at(`${key}=${text}${parsed.error.startsWith(':') ? '' : ' '}${parsed.error}`);
}

function absent(file: string, name: string, key: Key<unknown>): Valued {
  const { fallback, example } = key;
  if (fallback === 'required')
    return {
      value: null,
      problem: { file, line: 0, message: `${name}= is missing: add it, for example ${name}=${example}` },
    };
  if ('computed' in fallback) return { value: null };
  return readValue(file, key, { section: '', key: name, value: fallback.text, line: 0 });
}

/** What came of a key: its value, and the lines of what is in it. */
interface Found {
  value: unknown;
  lines: number[];
  problems: Problem[];
}

function one(file: string, name: string, key: Key<unknown>, given: Assignment | undefined): Found {
  const { value, problem } = given ? readValue(file, key, given) : absent(file, name, key);
  return { value, lines: given ? [given.line] : [], problems: problem ? [problem] : [] };
}

const said = (file: string, { key, value, line }: Assignment, before: number): Problem => ({
  file,
  line,
  message: `${key}=${value} is already set on line ${before}: remove this line`,
});

/** All values of a key that may be repeated, each checked by itself; null: none is good. */
function every(file: string, key: Key<unknown>, given: readonly Assignment[]): Found {
  const first = new Map<string, number>();
  const found = given.map(assignment => {
    const before = first.get(assignment.value);
    if (before !== undefined) return { value: null, problem: said(file, assignment, before), line: 0 };
    first.set(assignment.value, assignment.line);
    return { ...readValue(file, key, assignment), line: assignment.line };
  });
  const good = found.filter(({ problem }) => problem === undefined);
  return {
    value: good.length > 0 ? good.flatMap(({ value }) => value) : null,
    lines: good.map(({ line }) => line),
    problems: found.flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

/** Reads one section by its key table. Unknown keys are somebody else's to report. */
export function readSection<S extends Section>(
  file: string,
  table: S,
  given: readonly Assignment[],
): Read<S> {
  const known = given.filter(({ key }) => Object.hasOwn(table, key));
  const results = Object.entries(table).map(([name, key]) => {
    const lines = known.filter(a => a.key === name);
    return [name, key.repeats ? every(file, key, lines) : one(file, name, key, lines[0])] as const;
  });
  const byKey = new Map(results);
  return {
    values: Object.fromEntries(results.map(([name, { value }]) => [name, value])) as Values<S>,
    lineOf: name => known.find(a => a.key === name)?.line ?? 0,
    linesOf: name => byKey.get(name)?.lines ?? [],
    problems: [...repeated(file, table, known), ...results.flatMap(([, { problems }]) => problems)],
  };
}
