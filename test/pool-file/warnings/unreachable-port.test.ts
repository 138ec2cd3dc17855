import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { unreachablePort } from '../../../src/pool-file/warnings/unreachable-port.ts';

const test = suite('workers whose port nobody can reach');

const lines = (...values: string[]) =>
  values.map((value, i) => ({ key: 'PrivateNetwork', value, line: i + 5 }));

test('a port in a network of its own is warned about, at the line that wins', () => {
  const [found, ...more] = unreachablePort({
    listen: 'tcp',
    activated: false,
    service: lines('no', 'yes'),
  });
  assert.deepEqual(more, []);
  assert.equal(found?.line, 6);
  assert.match(found?.message ?? '', /^PrivateNetwork= hides .*: use Listen=unix or Listen=fd$/);
});

test('sockets that stay outside of that network are not', () => {
  const service = lines('yes');
  for (const pool of [
    { listen: 'unix', activated: false } as const,
    { listen: 'tcp', activated: true } as const,
  ])
    assert.deepEqual(unreachablePort({ ...pool, service }), []);
  for (const value of ['no', '', 'false'])
    assert.deepEqual(unreachablePort({ listen: 'tcp', activated: false, service: lines('yes', value) }), []);
});

test.run();
