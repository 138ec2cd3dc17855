import type { Problem } from '../base/result.ts';
import type { Key, KeyTable, Values } from './keys/key.ts';
import type { Assignment } from './lines.ts';

/** The values of one section, and the lines that they come from. */
export interface ParsedSection<S extends KeyTable> {
  values: Values<S>;
  /** The line of a key, or 0 if it is absent. */
  lineOf: (key: keyof S & string) => number;
  /** The line of each value of a repeatable key, in the order of the values. */
  linesOf: (key: keyof S & string) => readonly number[];
  problems: Problem[];
}

/** A key that is not repeatable is a problem on every line but its first. */
function findRepeated(file: string, table: KeyTable, given: readonly Assignment[]): Problem[] {
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

type ParsedValue = { value: unknown; problem?: Problem };

/** Parses one value. A mistake follows the line as written: `Min=0 is too small: at least 1`. */
function readValue(file: string, { parse }: Key<unknown>, given: Assignment): ParsedValue {
  const { key, value: text, line } = given;
  const fail = (message: string): ParsedValue => ({ value: null, problem: { file, line, message } });
  if (text === '') return fail(`${key}= is empty: set a value or remove the line`);
  const parsed = parse(text);
  if (parsed.ok) return { value: parsed.value };
  return fail(`${key}=${text}${parsed.error.startsWith(':') ? '' : ' '}${parsed.error}`);
}

function readDefault(file: string, name: string, key: Key<unknown>): ParsedValue {
  const { fallback, example } = key;
  if (fallback === 'required')
    return {
      value: null,
      problem: { file, line: 0, message: `${name}= is missing: add it, for example ${name}=${example}` },
    };
  if ('computed' in fallback) return { value: null };
  return readValue(file, key, { section: '', key: name, value: fallback.text, line: 0 });
}

/** The value of a key, and the line of each item in it. */
interface ParsedKey {
  value: unknown;
  lines: number[];
  problems: Problem[];
}

function readOnce(file: string, name: string, key: Key<unknown>, given: Assignment | undefined): ParsedKey {
  const { value, problem } = given ? readValue(file, key, given) : readDefault(file, name, key);
  return { value, lines: given ? [given.line] : [], problems: problem ? [problem] : [] };
}

const reportRepeated = (file: string, { key, value, line }: Assignment, before: number): Problem => ({
  file,
  line,
  message: `${key}=${value} is already set on line ${before}: remove this line`,
});

/** All values of a repeatable key, each checked by itself; null if none is valid. */
function readRepeatable(file: string, key: Key<unknown>, given: readonly Assignment[]): ParsedKey {
  const first = new Map<string, number>();
  const items = given.map(assignment => {
    const before = first.get(assignment.value);
    if (before !== undefined)
      return { value: null, problem: reportRepeated(file, assignment, before), line: 0 };
    first.set(assignment.value, assignment.line);
    return { ...readValue(file, key, assignment), line: assignment.line };
  });
  const valid = items.filter(({ problem }) => problem === undefined);
  return {
    value: valid.length > 0 ? valid.flatMap(({ value }) => value) : null,
    lines: valid.map(({ line }) => line),
    problems: items.flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

/** Reads one section by its key table. Unknown keys are ignored; findUnknown reports them. */
export function readSection<S extends KeyTable>(
  file: string,
  table: S,
  given: readonly Assignment[],
): ParsedSection<S> {
  const known = given.filter(({ key }) => Object.hasOwn(table, key));
  const results = Object.entries(table).map(([name, key]) => {
    const lines = known.filter(a => a.key === name);
    return [
      name,
      key.repeats ? readRepeatable(file, key, lines) : readOnce(file, name, key, lines[0]),
    ] as const;
  });
  const byKey = new Map(results);
  return {
    values: Object.fromEntries(results.map(([name, { value }]) => [name, value])) as Values<S>,
    lineOf: name => known.find(a => a.key === name)?.line ?? 0,
    linesOf: name => byKey.get(name)?.lines ?? [],
    problems: [...findRepeated(file, table, known), ...results.flatMap(([, { problems }]) => problems)],
  };
}
