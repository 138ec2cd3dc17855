import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { type PoolFile, parsePool } from '../../src/pool-file/pool-file.ts';

/*
 * Each file of cases/ is a pool file whose leading `##` lines say what must come of it:
 *   ## problem 7: Max=1 is less than Min=2     every mistake, in order; 0 is the file as a whole
 *   ## pool.health.rise: 2                     a value of the pool, as JSON or plain text
 */
const test = suite('cases');
const folder = new URL('./cases/', import.meta.url);

interface Assertions {
  problems: string[];
  values: [path: string, text: string][];
}

function assertions(text: string): Assertions {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const leading = lines.slice(
    0,
    lines.findIndex(line => !line.startsWith('##')),
  );
  const found: Assertions = { problems: [], values: [] };
  for (const line of leading) {
    const [, kind, where = '', what = ''] = /^## (problem |pool\.)([^:]+): (.*)$/.exec(line) ?? [];
    if (kind === undefined) throw new Error(`no assertion: ${line}`);
    if (kind === 'problem ') found.problems.push(`${where}: ${what}`);
    else found.values.push([where, what]);
  }
  if (leading.length === 0) throw new Error('a case needs assertions: ## problem 7: ... or ## pool.min: 2');
  return found;
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, name) => (inner as Record<string, unknown> | null)?.[name], value);

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function holds({ problems, values }: Assertions, found: PoolFile): void {
  assert.deepEqual(
    found.problems.map(problem => `${problem.line}: ${problem.message}`),
    problems,
  );
  assert.equal(found.pool === null, problems.length > 0, 'a pool, or problems');
  for (const [path, text] of values) assert.equal(shown(at(found.pool, path)), text, path);
}

for (const name of readdirSync(folder)) {
  test(name, () => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    holds(assertions(text), parsePool(name, text));
  });
}

test('a case without assertions fails', () => {
  assert.throws(() => assertions('[Pool]\n## problem 1: too late'), /a case needs assertions/);
  assert.throws(() => assertions('## probelm 1: x\n[Pool]'), /no assertion/);
});

test('an assertion that does not hold fails', () => {
  const good = parsePool('a.pool', '[Pool]\nExec=/bin/a\nPorts=1');
  holds({ problems: [], values: [['min', '1']] }, good);
  assert.throws(() => holds({ problems: ['1: x'], values: [] }, good));
  assert.throws(() => holds({ problems: [], values: [['min', '2']] }, good));
  assert.throws(() => holds({ problems: [], values: [['mni', '1']] }, good));
  assert.throws(() => holds({ problems: [], values: [] }, parsePool('a.pool', '')));
});

test.run();
