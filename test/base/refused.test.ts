import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { refusedOf, type Trial } from '../../src/base/refused.ts';
import { err, ok } from '../../src/base/result.ts';

const test = suite('the members that a trial refuses');

/** Fails for the first of some groups whose members are all there; counts its calls. */
function judge(...groups: number[][]): { trial: Trial<number>; calls: () => number } {
  let calls = 0;
  const trial: Trial<number> = async members => {
    calls += 1;
    const found = groups.find(group => group.every(one => members.includes(one)));
    return found ? err(`not ${found.join(' with ')}`) : ok(undefined);
  };
  return { trial, calls: () => calls };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const members = async (count: number, trial: Trial<number>): Promise<number[] | undefined> =>
  (await refusedOf(upTo(count), trial))?.map(({ member }) => member);

test('none is refused if all pass, after one trial', async () => {
  const { trial, calls } = judge();
  assert.deepEqual(await members(5, trial), []);
  assert.equal(calls(), 1);
});

test('each set of refused members of eight is found, and no other', async () => {
  for (let bits = 1; bits < 256; bits++) {
    const bad = upTo(8).filter(i => bits & (1 << i));
    const { trial } = judge(...bad.map(one => [one]));
    assert.deepEqual((await members(8, trial))?.sort(), bad);
  }
});

test('of two members that fail together the later one is refused, with the words of that failure', async () => {
  const { trial } = judge([1, 4]);
  assert.deepEqual(await refusedOf(upTo(6), trial), [{ member: 4, reason: 'not 1 with 4' }]);
});

test('null if the trial fails without any member', async () => {
  assert.equal(await refusedOf(upTo(6), judge([]).trial), null);
  assert.equal(await refusedOf([], judge([]).trial), null);
});

test('the last of 300 members takes four trials, any of them fewer than twenty', async () => {
  for (const [bad, most] of [
    [299, 4],
    [0, 20],
    [150, 20],
  ] as const) {
    const { trial, calls } = judge([bad]);
    assert.deepEqual(await members(300, trial), [bad]);
    assert.ok(calls() <= most, `${bad}: ${calls()}`);
  }
});

test.run();
