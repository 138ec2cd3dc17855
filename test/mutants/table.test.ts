import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { applied } from './mutant.ts';
import { MUTANTS } from './table.ts';

const test = suite('mutants');

/** Files that hold types alone. */
const TYPES = ['src/plan/status/report.ts', 'src/plan/world.ts'];

test('each mutant can be applied, and none twice', () => {
  const texts = MUTANTS.map(mutant => applied(mutant, readFileSync(mutant.file, 'utf8')));
  assert.equal(new Set(texts).size, MUTANTS.length);
});

test('there are at least eighty, in every file of plan/ and scale/ that does anything', () => {
  assert.ok(MUTANTS.length >= 80, `${MUTANTS.length}`);
  const files = ['src/plan', 'src/scale'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => `${folder}/${name}`),
  );
  const changed = new Set(MUTANTS.map(({ file }) => file));
  assert.deepEqual(files.filter(file => !changed.has(file) && !TYPES.includes(file)).sort(), []);
});

test('a text that is gone, or there twice, is refused', () => {
  const mutant = { file: 'a.ts', find: 'a', replace: 'b', what: '' };
  assert.equal(applied(mutant, 'xay'), 'xby');
  assert.throws(() => applied(mutant, 'xy'), /occurs 0 times/);
  assert.throws(() => applied(mutant, 'aa'), /occurs 2 times/);
  assert.throws(() => applied({ ...mutant, replace: 'a' }, 'xay'), /does not change/);
});

test.run();
