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

/** What a pool runs is one command of an absolute path, in the sandbox. */
function isConfined(path: string, [section, key, value = '']: Item): void {
  // elsewhere it means nothing to systemd
  if (section !== 'Service' || key !== 'ExecStart' || !/cgipool-.*(@|metric)/.test(path)) return;
  const [command, ...more] = readCommands(value);
  assert.deepEqual(more, [], value);
  assert.match(command?.prefix ?? '', /^[-@:]*$/, value);
  assert.match(command?.words[0] ?? '', /^\//, value);
}

/** What no line that is passed on may say: other keys own it. */
const OWNED = ['ExecStart', 'Slice', 'BusName', 'PIDFile'];

/** What no line of a route may say, as it would send requests or read files elsewhere. */
const FOREIGN =
  /_pass$|^(access_log|alias|if|include|load_module|location|return|rewrite|root|set|try_files)$/;

/** Every text that comes of a pool and a site says what is meant, and nothing else. `texts`: as somebody else read them. */
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
    for (const item of items) isConfined(path, item);
  }
}
