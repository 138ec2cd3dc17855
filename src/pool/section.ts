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
function repeated(file: string, table: Section, given: readonly Assignment[]): Problem[] {
  const first = new Map<string, number>();
  return given.flatMap(({ key, line }) => {
    if (table[key]?.repeats) return [];
    const before = first.get(key);
    if (before === undefined) first.set(key, line);
    return before === undefined
      ? []
      : [{ file, line, message: `${key}= was given on line ${before} already: keep one of them` }];
  });
}

type Valued = { value: unknown; problem?: Problem };

/** One value by its key; what is wrong follows on the text as given: `Min=0 is too small: at least 1`. */
export function readValue(file: string, { parse }: Key<unknown>, given: Assignment): Valued {
  const { key, value: text, line } = given;
  const at = (message: string): Valued => ({ value: null, problem: { file, line, message } });
  if (text === '') return at(`${key}= is empty: give a value, or remove the line`);
  const parsed = parse(text);
  if (parsed.ok) return { value: parsed.value };
  return at(`${key}=${text}${parsed.error.startsWith(':') ? '' : ' '}${parsed.error}`);
}

function absent(file: string, name: string, key: Key<unknown>): Valued {
  const { fallback, example } = key;
  if (fallback === 'required')
    return {
      value: null,
      problem: { file, line: 0, message: `${name}= is missing: for example ${name}=${example}` },
    };
  if ('computed' in fallback) return { value: null };
  return readValue(file, key, { section: '', key: name, value: fallback.text, line: 0 });
}

/** All values of a key that may be repeated, each checked by itself. */
function everyValue(file: string, key: Key<unknown>, given: readonly Assignment[]): Many {
  const found: Many = { value: null, problems: [] };
  const values = new Map<string, number>();
  for (const assignment of given) {
    const { value, problem } = readValue(file, key, assignment);
    const before = values.get(assignment.value);
    if (before !== undefined) found.problems.push(said(file, assignment, before));
    else if (problem) found.problems.push(problem);
    else found.value = [...(found.value ?? []), ...(value as unknown[])];
    values.set(assignment.value, assignment.line);
  }
  return found;
}

interface Many {
  value: unknown[] | null;
  problems: Problem[];
}

const said = (file: string, { key, value, line }: Assignment, before: number): Problem => ({
  file,
  line,
  message: `${key}=${value} was given on line ${before} before: remove it`,
});

/** Reads one section by its key table. Unknown keys are somebody else's to report. */
export function readSection<S extends Section>(
  file: string,
  table: S,
  given: readonly Assignment[],
): Read<S> {
  const known = given.filter(({ key }) => Object.hasOwn(table, key));
  const byKey = new Map(known.map(a => [a.key, a] as const).reverse());
  const results = Object.entries(table).map(([name, key]) => {
    const first = byKey.get(name);
    if (key.repeats)
      return [
        name,
        everyValue(
          file,
          key,
          known.filter(a => a.key === name),
        ),
      ] as const;
    const { value, problem } = first ? readValue(file, key, first) : absent(file, name, key);
    return [name, { value, problems: problem ? [problem] : [] }] as const;
  });
  return {
    values: Object.fromEntries(results.map(([name, { value }]) => [name, value])) as Values<S>,
    lineOf: key => byKey.get(key)?.line ?? 0,
    problems: [...repeated(file, table, known), ...results.flatMap(([, { problems }]) => problems)],
  };
}
