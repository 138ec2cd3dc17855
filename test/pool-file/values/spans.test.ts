import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { age, duration, positiveDuration } from '../../../src/pool-file/values/spans.ts';
import { growth, LINEAR } from '../../growth.ts';
import { check } from './table.ts';

const test = suite('time spans');

test('a time span is read in milliseconds, or rejected', () => {
  check(duration, [
    ['5s', 5000],
    ['500ms', 500],
    ['2min', 120_000],
    ['2m', 120_000],
    ['1h 30min', 5_400_000],
    ['1h30min', 5_400_000],
    ['1 h  30 min', 5_400_000],
    ['90', 90_000],
    ['1.5', 1500],
    ['0.25s', 250],
    ['0', 0],
    ['3 days', 259_200_000],
    ['1week', 604_800_000],
    ['24d', 2_073_600_000],
    ['1y', /is too long: at most 24d/],
    ['25d', /is too long: at most 24d/],
    [`${'9'.repeat(400)}s`, /is too long: at most 24d/],
    ['infinity', /is not allowed: write a limit such as 1h/],
    ['', /is not a time span/],
    ['s', /is not a time span/],
    ['-5s', /is not a time span/],
    ['5 parsecs', /is not a time span: write 500ms, 5s, 2min or 1h 30min/],
    ['5S', /is not a time span/],
    ['1e3', /is not a time span/],
    ['1.s', /is not a time span/],
    ['.5s', /is not a time span/],
    ['5s, 3ms', /is not a time span/],
    ['0x10', /is not a time span/],
    ['constructor', /is not a time span/],
  ]);
});

test('an age is a time span of up to 10y', () => {
  check(age, [
    ['0', 0],
    ['1y', 31_557_600_000],
    ['2 years', 63_115_200_000],
    ['30d', 2_592_000_000],
    ['10y', 315_576_000_000],
    ['11y', /is too long: at most 10y/],
    ['infinity', /is not allowed/],
    ['1y;', /is not a time span/],
  ]);
});

test('a positive time span is longer than 0', () => {
  check(positiveDuration, [
    ['1ms', 1],
    ['0', /must be longer than 0/],
    ['0.1ms', /must be longer than 0/],
    ['x', /is not a time span/],
  ]);
});

test('a long text that is not a time span is rejected in linear time', () => {
  for (const part of ['1', '1 a']) {
    const times = growth(size => check(duration, [[`${part.repeat(size)}!`, /is not a time span/]]), 10_000);
    assert.ok(times < LINEAR, `${times} times the time for four times the length`);
  }
});

test('any sum of units is read as a time span', () => {
  const units = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
  const part = fc.tuple(fc.nat(100), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), parts => {
      const sum = parts.reduce((total, [n, unit]) => total + n * units[unit], 0);
      for (const glue of ['', ' '])
        check(duration, [[parts.map(([n, unit]) => `${n}${unit}`).join(glue), sum]]);
    }),
  );
});

test.run();
