import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { closedSocket } from '../../../src/pool-file/warnings/closed-socket.ts';

const test = suite('UMask= that closes a socket file');

const unix = { listen: 'unix', activated: false } as const;
const lines = (...values: string[]) => values.map((value, i) => ({ key: 'UMask', value, line: i + 5 }));

for (const value of ['0077', '077', '0027', '0777'])
  test(`${value} is warned about, as nginx may not connect`, () => {
    const [found, ...more] = closedSocket({ ...unix, service: lines('0007', value) });
    assert.deepEqual(more, []);
    assert.equal(found?.line, 6);
    assert.match(found?.message ?? '', /^UMask=\d+ closes the socket file .*: use UMask=0007$/);
  });

for (const value of ['0007', '0000', '0002', '0017', 'x', ''])
  test(`"${value}" is not`, () =>
    assert.deepEqual(closedSocket({ ...unix, service: lines('0077', value) }), []));

test('nor is any where no worker makes a socket file', () => {
  for (const pool of [
    { listen: 'tcp', activated: false },
    { listen: 'unix', activated: true },
  ] as const)
    assert.deepEqual(closedSocket({ ...pool, service: lines('0077') }), []);
});

test.run();
