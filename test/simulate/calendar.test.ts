import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { elapsesAfter } from '../../src/host/systemd/calendar.ts';
import { boundsOf } from '../../src/simulate/calendar.ts';
import { pool } from '../plan/pools.ts';

const test = suite('simulated schedules');

const HOUR = 3_600_000;
const schedule = (name: string, onCalendar: string, hours: number, min: number) => ({
  name,
  onCalendar,
  duration: hours * HOUR,
  min,
  max: 4,
  line: 1,
});

/** A calendar that elapses every `event` hours since the epoch. */
const every = (event: string, after: number, count: number): number[] => {
  const step = Number(event) * HOUR;
  const first = (Math.floor(after / step) + 1) * step;
  return Array.from({ length: count }, (_, i) => first + i * step);
};

test('a schedule is active from its elapse until its duration has passed, every hour of a month', () => {
  const boundsAt = boundsOf(pool({ schedules: [schedule('a', '24', 8, 3)] }), every);
  for (let hour = 24 * 100; hour < 24 * 130; hour++)
    assert.equal(boundsAt(hour * HOUR).min, hour % 24 < 8 ? 3 : 2, `hour ${hour % 24}`);
});

test('a schedule that elapsed before the first queried time is active', () => {
  const boundsAt = boundsOf(pool({ schedules: [schedule('a', '24', 8, 3)] }), every);
  assert.equal(boundsAt((24 * 100 + 5) * HOUR).min, 3);
});

test('the first active schedule counts, an overlapping one goes on, and a finite one ends', () => {
  const two = boundsOf(pool({ schedules: [schedule('a', '24', 8, 3), schedule('b', '24', 12, 4)] }), every);
  assert.deepEqual(
    [1, 9, 13].map(hour => two((2400 + hour) * HOUR).min),
    [3, 4, 2],
  );
  const long = boundsOf(pool({ schedules: [schedule('a', '2', 5, 3)] }), every);
  for (let hour = 2400; hour < 2500; hour++) assert.equal(long(hour * HOUR).min, 3);
  const once = boundsOf(pool({ schedules: [schedule('a', 'x', 5, 3)] }), (_, after) =>
    after < 2400 * HOUR ? [2400 * HOUR] : [],
  );
  assert.deepEqual(
    [2396, 2400, 2404, 2405, 9000].map(hour => once(hour * HOUR).min),
    [2, 3, 3, 2, 2],
  );
});

test('systemd computes elapses over the end of summer time, finite ones, and errors', () => {
  const days = elapsesAfter('Mon..Fri 08:00 Europe/Berlin', Date.parse('2026-10-23T12:00:00Z'), 3);
  assert.deepEqual(
    days.map(ms => new Date(ms).toISOString()),
    ['2026-10-26T07:00:00.000Z', '2026-10-27T07:00:00.000Z', '2026-10-28T07:00:00.000Z'],
  );
  assert.deepEqual(elapsesAfter('2020-01-01', Date.parse('2026-01-01'), 5), []);
  assert.throws(() => elapsesAfter('Mun 8', 0, 1), /Failed to parse calendar specification/);
});

test.run();
