import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Installed } from '../../src/model/installed.ts';
import { defaultSite } from '../../src/pool-file/site-file.ts';
import { validate } from '../../src/publish/request.ts';
import { renderLive } from '../../src/render/live.ts';
import { installed } from '../plan/pools.ts';
import { assets, poolOf } from '../render/given.ts';

const test = suite('publish: requests');

const weighed = poolOf(
  '[Pool]\nExec=/bin/a\nPorts=8000-8003\n[Nginx]\nLocation=/a\nWeight=auto',
  'constructor',
);
const all: Installed = { version: 2, at: 0, site: defaultSite(), ...installed(weighed) };

/** The weights taken from a request in which slots 8000 and 8001 are live. */
function weightsOf(asked: string): unknown {
  const request = JSON.parse(`{"generation":9,"live":{"constructor":[8000,8001]},"weights":${asked}}`);
  const taken = validate(request, all);
  assert.ok(taken.ok);
  const [text = ''] = [...renderLive(all.site, [weighed], taken.value, 9, assets).values()];
  // only numbers reach nginx
  for (const [line] of text.matchAll(/^ *server \d.*$/gm))
    assert.match(line, /^ {4}server 127\.0\.0\.1:800[01] max_fails=0( weight=(10|[1-9]))?;$/);
  return { ...taken.value.weights.constructor };
}

test('a requested weight from 1 to 10 of a live slot is taken', () => {
  assert.deepEqual(weightsOf('{"constructor":{"8000":1,"8001":10}}'), { 8000: 1, 8001: 10 });
});

test('any other requested weight is ignored, and the slots are published all the same', () => {
  for (const hostile of [
    ...[
      'null',
      '7',
      '"x"',
      '[]',
      '[[1]]',
      '{"constructor":7}',
      '{"constructor":[3]}',
      '{"other":{"8000":3}}',
    ],
    ...['{"__proto__":{"8000":3}}', '{"constructor":{"__proto__":{"8000":3}}}', '{"constructor":{"8002":3}}'],
    ...[
      '"3; include /etc/passwd"',
      '"3"',
      '0',
      '11',
      '-1',
      '1.5',
      '1e9',
      'null',
      '{"toString":3}',
      '[3]',
    ].map(weight => `{"constructor":{"8000":${weight}}}`),
  ])
    assert.deepEqual(weightsOf(hostile), {}, hostile);
});

test.run();
