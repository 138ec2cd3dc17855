import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { verdict } from '../../bench/bar.ts';
import { barsOf } from '../../bench/bars.ts';
import { LIMITS } from '../../bench/limits.ts';
import { reportOf } from '../../bench/report.ts';
import { ROWS } from '../../bench/results.ts';
import { figure, results } from './given.ts';

const test = suite('bench: report');

const lines = (page: string, text: string): string[] => page.split('\n').filter(line => line.includes(text));

test('a cell of the report has the median, the range and the ratio to cgipool', () => {
  const page = reportOf(
    results([
      figure('kills', 'cgipool', 'kill to serving', [50, 40, 60]),
      figure('kills', 'tuned', 'kill to serving', [100, 90, null]),
    ]),
    [],
  );
  assert.deepEqual(lines(page, '| kill to serving'), ['|  | kill to serving (ms) |']);
  assert.deepEqual(lines(page, '| cgipool | 50'), ['| cgipool | 50 (40-60) |']);
  assert.deepEqual(lines(page, '| tuned |'), ['| tuned | 100 (90-never) ×2 |']);
});

test('a figure that a subject lacks is an empty cell', () => {
  const page = reportOf(
    results([figure('path', 'cgipool, tcp', 'p50', [1]), figure('path', 'x', 'p99', [2])]),
    [],
  );
  assert.deepEqual(lines(page, '| x |'), ['| x |  | 2 |']);
});

test('a row that was left out has neither figures nor bars', () => {
  const page = reportOf(results([]), []);
  assert.equal(lines(page, 'This run left it out.').length, 8);
  assert.deepEqual(lines(page, '| Bar |'), []);
});

test('the report says why something was not measured', () => {
  const page = reportOf(results([], { gaps: [{ row: 'hang', subject: 'uwsgi', why: 'it broke' }] }), []);
  assert.deepEqual(lines(page, 'it broke'), ['- uwsgi: it broke.']);
});

test('the report explains missed bars only', () => {
  const of = (ms: number): string => reportOf(results([figure('self', '1000 instances', 'plan', [ms])]), []);
  assert.match(
    of(6),
    /Why a bar is missed:\n\n- A plan of 1,000 instances within 5 ms: it is pure computation/,
  );
  assert.doesNotMatch(of(4), /Why a bar is missed/);
});

test('every explanation of a missed bar belongs to one bar', () => {
  const texts = ROWS.flatMap(row => barsOf(results([]), row)).map(({ text }) => text);
  for (const [beginning] of LIMITS) assert.equal(texts.filter(text => text.startsWith(beginning)).length, 1);
});

test('the report of a quick run warns that it proves nothing', () => {
  const found = results([]);
  assert.deepEqual(lines(reportOf(found, []), 'prove nothing'), []);
  const quick = reportOf({ ...found, setting: { ...found.setting, quick: true } }, []);
  assert.equal(lines(quick, 'prove nothing').length, 1);
});

test('a | in a text is escaped in the tables of the report', () =>
  assert.deepEqual(lines(reportOf(results([]), []), 'another'), ['| a\\|b | another |']));

const verdicts = (...figures: Parameters<typeof results>[0]): string[] =>
  barsOf(results(figures), 'kills').map(verdict);

test('a bar is met, missed, or not measured', () => {
  const tuned = figure('kills', 'tuned', 'kill to serving', [100]);
  const own = (ms: number | null) => figure('kills', 'cgipool', 'kill to serving', [ms]);
  const failed = (...counts: number[]) => figure('kills', 'cgipool', 'failed', counts);
  assert.deepEqual(verdicts(failed(0, 0, 0), tuned, own(130)), ['met', 'met']);
  assert.deepEqual(verdicts(failed(0, 1, 0), tuned, own(131)), ['missed', 'missed']);
  assert.deepEqual(verdicts(own(1)), ['not measured', 'not measured']);
});

test('a figure that never happened misses its bar', () => {
  const never = figure('kills', 'cgipool', 'kill to serving', [null, null, 1]);
  const tuned = figure('kills', 'tuned', 'kill to serving', [100]);
  assert.deepEqual(verdicts(figure('kills', 'cgipool', 'failed', [0]), tuned, never), ['met', 'missed']);
});

test('the bar for 200 workers is 1.5 times the start of tuned plus a publish', () => {
  const figures = [
    figure('spawn', 'cgipool', '200 workers', [3], 's'),
    figure('spawn', 'tuned', '200 workers', [1.8], 's'),
    figure('self', 'publish', 'decision to first request', [200]),
  ];
  assert.deepEqual(
    barsOf(results(figures), 'spawn').map(bar => [bar.limit, verdict(bar)]),
    [[3, 'met']],
  );
  assert.deepEqual(barsOf(results(figures.slice(0, 2)), 'spawn').map(verdict), ['not measured']);
});

test('the bar for the request path is the slowest round of nginx by hand', () => {
  const path = (rate: number): string[] =>
    barsOf(
      results([
        figure('path', 'nginx by hand, tcp', 'requests/s', [100, 90, 110]),
        figure('path', 'cgipool, tcp', 'requests/s', [rate]),
      ]),
      'path',
    ).map(verdict);
  assert.deepEqual(path(90), ['met', 'not measured', 'not measured']);
  assert.deepEqual(path(89), ['missed', 'not measured', 'not measured']);
});

test.run();
