import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { formatSlots, slotSet } from '../../../src/pool-file/values/slots.ts';
import {
  boolean,
  bytes,
  integer,
  oneOf,
  orNone,
  percent,
  positiveNumber,
} from '../../../src/pool-file/values/values.ts';
import { check } from './table.ts';

const test = suite('values of keys');

test('sizes are read in bytes, or rejected', () => {
  check(bytes, [
    ['0', 0],
    ['512', 512],
    ['1K', 1024],
    ['64M', 67_108_864],
    ['1.5G', 1_610_612_736],
    ['2T', 2_199_023_255_552],
    ['64 M', 67_108_864],
    ['64m', /is not a size: write 512K, 64M or 2G/],
    ['64MB', /is not a size/],
    ['-1', /is not a size/],
    ['', /is not a size/],
    ['M', /is not a size/],
    ['9000T', /is too large/],
  ]);
});

test('percentages are read as a share of one, or rejected', () => {
  check(percent, [
    ['70%', 0.7],
    ['150%', 1.5],
    ['0.5%', 0.005],
    ['0%', /must be more than 0%/],
    ['70', /is not a percentage: write 70%/],
    ['70 %', /is not a percentage/],
    ['-1%', /is not a percentage/],
  ]);
});

test('yes and no are read in all spellings of systemd', () => {
  check(boolean, [
    ...['yes', 'true', 'on', '1', 'Yes'].map(text => [text, true] as [string, boolean]),
    ...['no', 'false', 'off', '0', 'NO'].map(text => [text, false] as [string, boolean]),
    ['maybe', /is neither yes nor no/],
    ['', /is neither yes nor no/],
  ]);
});

test('whole numbers are read within their limits, or rejected', () => {
  check(integer(1, 1000), [
    ['1', 1],
    ['1000', 1000],
    ['0', /^is too small: at least 1$/],
    ['-3', /^is too small: at least 1$/],
    ['1001', /^is too large: at most 1000$/],
    ['two', /^is not a whole number from 1 to 1000$/],
    ['1.5', /is not a whole number/],
    ['1e2', /is not a whole number/],
    ['0x1', /is not a whole number/],
    ['', /is not a whole number/],
  ]);
});

test('positive numbers, none and words of a list are read, or rejected', () => {
  check(orNone(positiveNumber), [
    ['2', 2],
    ['0.5', 0.5],
    ['none', null],
    ['0', /is not a number greater than 0.*, or none$/],
    ['-1', /is not a number greater than 0/],
    ['Infinity', /is not a number greater than 0/],
  ]);
  check(oneOf('tcp', 'unix'), [
    ['tcp', 'tcp'],
    ['udp', /^is not one of tcp, unix$/],
  ]);
});

test('slots are read from numbers and ranges, or rejected', () => {
  check(slotSet, [
    ['8000-8002', [8000, 8001, 8002]],
    ['8000', [8000]],
    ['8005,8000-8001 8003', [8000, 8001, 8003, 8005]],
    ['1, 65535', [1, 65_535]],
    ['8000,', [8000]],
    ['', /names no slot/],
    [',', /names no slot/],
    ['0', /"0" is not a number or range from 1 to 65535/],
    ['65536', /"65536" is not a number or range/],
    ['8000-65536', /"8000-65536" is not a number or range/],
    ['8001-8000', /8001-8000 runs backwards/],
    ['8009-8000', /8009-8000 runs backwards: write 8000-8009/],
    ['8000 - 8009', /"-" is not a number or range/],
    ['http', /"http" is not a number or range from 1 to 65535: write 8000-8009/],
    ['8000-8005 8003', /names 8003 twice/],
    ['1-1001', /names more than 1000 slots/],
    ['1-600 601-1200', /names more than 1000 slots/],
    ['1-65535', /names more than 1000 slots/],
    ['1-1000 '.repeat(1000), /names more than 1000 slots/],
  ]);
  assert.equal(slotSet('1-1000').ok, true);
});

test('formatted slots are read back as the same slots', () => {
  assert.equal(formatSlots([8000, 8001, 8002, 8005, 8007, 8008]), '8000-8002, 8005, 8007-8008');
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1 }), numbers => {
      const sorted = numbers.toSorted((a, b) => a - b);
      assert.deepEqual(slotSet(formatSlots(sorted)), { ok: true, value: sorted });
    }),
  );
});

test.run();
