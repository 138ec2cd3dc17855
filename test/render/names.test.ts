import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { leavesNames, namesHash } from '../../src/render/names.ts';

const test = suite('nginx: room for names');

const name = (length: number): string => 'a'.repeat(length);

test('names that need more than nginx has by itself get a table that holds them', () => {
  const rows: [names: string[], size: number | null][] = [
    [['localhost'], null],
    [[name(46)], null],
    [[name(47)], 128],
    [['localhost', '$hostname'], 128],
    [[name(110), 'localhost'], 128],
    [[name(111)], 256],
    [[name(253)], 512],
  ];
  for (const [names, size] of rows)
    assert.deepEqual(
      namesHash(names, false),
      size === null ? [] : [`server_names_hash_bucket_size ${size};`],
    );
});

test('where the administrator sets the size, the text says so and nothing else', () => {
  const [line = '', ...more] = namesHash([name(60)], true);
  assert.match(line, /^# /);
  assert.deepEqual(more, []);
  assert.ok(leavesNames(`server {\n${line}\n}`));
  assert.ok(!leavesNames(namesHash([name(60)], false).join()));
  assert.ok(!leavesNames(null));
});

test.run();
