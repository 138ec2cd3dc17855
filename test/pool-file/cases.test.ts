import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { type PoolFile, parsePool } from '../../src/pool-file/pool-file.ts';

/*
 * Each file of cases/ is a pool file whose leading `##` lines are assertions:
 *   ## problem 7: Max=1 is less than Min=2     every problem by its line, in order; line 0 is the whole file
 *   ## warning 9: PanicWindow= is longer ...   likewise; none is expected if none is named
 *   ## pool.health.rise: 2                     a value of the pool, as JSON or plain text
 */
const test = suite('pool file cases');
const folder = new URL('./cases/', import.meta.url);

interface Assertions {
  problems: string[];
  warnings: string[];
  values: [path: string, text: string][];
}

function readAssertions(text: string): Assertions {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const leading = lines.slice(
    0,
    lines.findIndex(line => !line.startsWith('##')),
  );
  const found: Assertions = { problems: [], warnings: [], values: [] };
  for (const line of leading) {
    const [, kind, where = '', what = ''] = /^## (problem |warning |pool\.)([^:]+): (.*)$/.exec(line) ?? [];
    if (kind === undefined) throw new Error(`not an assertion: ${line}`);
    if (kind === 'problem ') found.problems.push(`${where}: ${what}`);
    else if (kind === 'warning ') found.warnings.push(`${where}: ${what}`);
    else found.values.push([where, what]);
  }
  if (leading.length === 0) throw new Error('a case needs assertions: ## problem 7: ... or ## pool.min: 2');
  return found;
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, name) => (inner as Record<string, unknown> | null)?.[name], value);

const format = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const said = (found: PoolFile['problems']): string[] =>
  found.map(({ line, message }) => `${line}: ${message}`);

function assertParsed({ problems, warnings, values }: Assertions, found: PoolFile): void {
  assert.deepEqual(said(found.problems), problems);
  assert.deepEqual(said(found.warnings), warnings);
  assert.equal(found.pool === null, problems.length > 0, 'there is either a pool or a problem');
  for (const [path, text] of values) assert.equal(format(at(found.pool, path)), text, path);
}

for (const name of readdirSync(folder)) {
  test(`${name} parses as its ## lines say`, () => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    assertParsed(readAssertions(text), parsePool(name, text));
  });
}

test('a case file without assertions fails', () => {
  assert.throws(() => readAssertions('[Pool]\n## problem 1: too late'), /a case needs assertions/);
  assert.throws(() => readAssertions('## probelm 1: x\n[Pool]'), /not an assertion/);
});

test('a case file whose assertion does not hold fails', () => {
  const good = parsePool('a.pool', '[Pool]\nExec=/bin/a\nPorts=1');
  const none: Assertions = { problems: [], warnings: [], values: [] };
  assertParsed({ ...none, values: [['min', '1']] }, good);
  assert.throws(() => assertParsed({ ...none, problems: ['1: x'] }, good));
  assert.throws(() => assertParsed({ ...none, warnings: ['1: x'] }, good));
  assert.throws(() => assertParsed({ ...none, values: [['min', '2']] }, good));
  assert.throws(() => assertParsed({ ...none, values: [['mni', '1']] }, good));
  assert.throws(() => assertParsed(none, parsePool('a.pool', '')));
});

test.run();
