import assert from 'node:assert/strict';
import type { Pool } from '../../../src/model/pool.ts';
import type { Site } from '../../../src/model/site.ts';
import { readCommands } from '../command-reader.ts';
import { intended } from './intended.ts';
import { type Item, itemsOf, rendered } from './items.ts';
import { ownOf } from './own.ts';
import { shapeOf } from './shape.ts';

const same = (a: readonly string[], b: readonly string[] | undefined): boolean =>
  a.length === b?.length && a.every((word, i) => word === b[i]);

/** Asserts that a pool runs one command with an absolute path, inside the sandbox. */
function assertConfined(path: string, [section, key, value = '']: Item): void {
  // in other sections it has no effect
  if (section !== 'Service' || key !== 'ExecStart' || !/cgipool-.*(@|metric)/.test(path)) return;
  const [command, ...more] = readCommands(value);
  assert.deepEqual(more, [], value);
  assert.match(command?.prefix ?? '', /^[-@:]*$/, value);
  assert.match(command?.words[0] ?? '', /^\//, value);
}

/** Directives that may not be passed through: other keys own them. */
const OWNED = ['ExecStart', 'Slice', 'BusName', 'PIDFile'];

/** Directives that Set= may not have: they would send requests elsewhere, or read other files. */
const FOREIGN =
  /_pass$|^(access_log|alias|if|include|load_module|location|return|rewrite|root|set|try_files)$/;

/** Asserts that every file generated from a pool and a site has exactly the intended directives. `texts`: the files. */
export function holds(
  file: string,
  text: string,
  pool: Pool,
  site: Site,
  texts: ReadonlyMap<string, string> = rendered(pool, site),
): void {
  const own = ownOf(file, text, pool, site);
  assert.deepEqual(
    own.passed.filter(([section, key]) => section === 'Service' && OWNED.includes(key)),
    [],
  );
  assert.equal(pool.nginx.set.length, own.set.length);
  assert.deepEqual(
    own.set.filter(([name = '']) => FOREIGN.test(name)),
    [],
  );
  const wanted = intended(shapeOf(pool, site), own);
  assert.deepEqual([...texts.keys()], [...wanted.keys()]);
  for (const [path, items] of wanted) {
    const found = itemsOf(path, texts.get(path) ?? '');
    if (found.length !== items.length || !items.every((item, i) => same(item, found[i])))
      assert.deepEqual(found, items, path);
    for (const item of items) assertConfined(path, item);
  }
}
