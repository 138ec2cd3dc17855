import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { lateStart } from '../../../src/pool-file/warnings/start-timeout.ts';

const test = suite('TimeoutStartSec= beyond StartTimeout=');

const health = { startTimeout: 10_000 };
const lines = (...values: string[]) =>
  values.map((value, i) => ({ key: 'TimeoutStartSec', value, line: i + 5 }));

for (const value of ['1min', '11', '10001ms', 'infinity', '0'])
  test(`${value} is warned about, as StartTimeout= ends a start before`, () => {
    const [found, ...more] = lateStart({ health, service: lines('5', value) });
    assert.deepEqual(more, []);
    assert.equal(found?.line, 6);
    assert.match(
      found?.message ?? '',
      /^TimeoutStartSec=.* is longer than StartTimeout=10s.*: raise StartTimeout=$/,
    );
  });

for (const value of ['10', '5s', '9s 500ms', ''])
  test(`"${value}" is not`, () => assert.deepEqual(lateStart({ health, service: lines('1min', value) }), []));

test.run();
