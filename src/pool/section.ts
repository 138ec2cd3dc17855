import type { Key, Section, Values } from './key.ts';
import type { Assignment } from './lines.ts';
import type { Problem } from './result.ts';

/** The values of one section, and where each was given. */
export interface Read<S extends Section> {
  values: Values<S>;
  /** Line of a key, or 0 when it is absent. */
  lineOf: (key: keyof S & string) => number;
  problems: Problem[];
}

/** Later lines of a key that may be given once are problems that name the first. */
function repeated(file: string, given: readonly Assignment[]): Problem[] {
  const first = new Map<string, number>();
  return given.flatMap(({ key, line }) => {
    const before = first.get(key);
    if (before === undefined) first.set(key, line);
    return before === undefined
      ? []
      : [{ file, line, message: `${key}= was given on line ${before} already` }];
  });
}

type Valued = { value: unknown; problem?: Problem };

function readValue(
  file: string,
  name: string,
  key: Key<unknown>,
  given: Assignment | undefined,
  last: number,
): Valued {
  const { fallback } = key;
  if (given === undefined && fallback === 'required')
    return {
      value: null,
      problem: { file, line: last, message: `${name}= is missing: for example ${name}=${key.example}` },
    };
  const text =
    given?.value ?? (typeof fallback === 'object' && 'text' in fallback ? fallback.text : undefined);
  if (text === undefined) return { value: null };
  const parsed = key.parse(text);
  if (parsed.ok) return { value: parsed.value };
  return { value: null, problem: { file, line: given?.line ?? 0, message: `${name}=: ${parsed.error}` } };
}

/** Reads one section by its key table. Unknown keys are somebody else's to report. */
export function readSection<S extends Section>(
  file: string,
  table: S,
  given: readonly Assignment[],
): Read<S> {
  const known = given.filter(({ key }) => Object.hasOwn(table, key));
  const byKey = new Map(known.map(a => [a.key, a] as const).reverse());
  const results = Object.entries(table).map(
    ([name, key]) => [name, readValue(file, name, key, byKey.get(name), 0)] as const,
  );
  return {
    values: Object.fromEntries(results.map(([name, { value }]) => [name, value])) as Values<S>,
    lineOf: key => byKey.get(key)?.line ?? 0,
    problems: [...repeated(file, known), ...results.flatMap(([, { problem }]) => (problem ? [problem] : []))],
  };
}
