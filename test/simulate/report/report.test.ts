import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { timeMarks, valueMarks } from '../../../src/simulate/chart/axis.ts';
import { htmlPage } from '../../../src/simulate/chart/html.ts';
import { escapeMarkup } from '../../../src/simulate/chart/markup.ts';
import { svgImage } from '../../../src/simulate/chart/svg.ts';
import { bars, textCharts } from '../../../src/simulate/chart/text-chart.ts';
import { Durations } from '../../../src/simulate/durations.ts';
import { LogParser } from '../../../src/simulate/log/log-parser.ts';
import type { Policy } from '../../../src/simulate/policy.ts';
import { Replay } from '../../../src/simulate/replay.ts';
import { formatCount, formatNumber, formatShare, formatTime } from '../../../src/simulate/report/format.ts';
import { notesOf } from '../../../src/simulate/report/notes.ts';
import { reportOf, type SimulationReport } from '../../../src/simulate/report/report.ts';
import { resample } from '../../../src/simulate/report/resample.ts';
import { headLines, summaryRows } from '../../../src/simulate/report/summary.ts';
import { Series } from '../../../src/simulate/series.ts';
import { ServiceTimes } from '../../../src/simulate/service-time.ts';
import { Tally } from '../../../src/simulate/tally.ts';
import { model, policy, START } from '../given.ts';
import { fault } from './xml.ts';

const test = suite('simulation report');

const clock = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

const MINUTE = 60_000;

/** Ten minutes of requests that take 200 ms, ten per second in the middle; one line is malformed. */
function report(...policies: Policy[]): SimulationReport {
  const replay = new Replay(policies, model(), new ServiceTimes({ kind: 'log' }));
  const log = new LogParser('a.log');
  for (let second = 0; second < 600; second += 1) {
    const count = second >= 200 && second < 400 ? 10 : 1;
    const stamp = ((START + second * 1000 + 200) / 1000).toFixed(3);
    const line = `${stamp}\t127.0.0.1:8000\t200\t0.200\tGET\t/`;
    for (const entry of log.add([
      ...Array.from({ length: count }, () => line),
      ...(second === 7 ? ['?'] : []),
    ]))
      replay.add(entry);
  }
  replay.end();
  return reportOf(replay, [log], notesOf(replay));
}

const named = (name: string, change: Partial<Policy['pool']['scale']> = {}): Policy => ({
  ...policy(change),
  name,
});

test('the report describes the log, the model and the result of a policy', () => {
  const { log, model: assumed, notes, policies } = report(named('search'));
  assert.deepEqual(log, {
    from: '2026-10-10T00:00:00.000Z',
    to: '2026-10-10T00:09:59.000Z',
    requests: 2400,
    late: 0,
    files: [{ file: 'a.log', format: 'cgipool', lines: 2401, malformed: 1, firstMalformed: 9 }],
  });
  assert.deepEqual(assumed, { serviceTime: 'log', startTime: 500, tick: 5000, threads: 1, cpuShare: 1 });
  assert.deepEqual([notes, policies.length], [[], 1]);
  const [found] = policies;
  assert.ok(found);
  // ten that arrive in the same ms wait for each other, 0, 200, ... 1800 ms, until there are more instances
  assert.ok(found.waited > 500 && found.waited < 2000, String(found.waited));
  assert.equal(found.waitedShare, found.waited / 2400);
  assert.ok(found.wait.longest >= 1800 && (found.wait.p99 ?? 0) <= found.wait.longest);
  assert.ok((found.wait.p50 ?? -1) < (found.wait.p95 ?? -1));
  assert.deepEqual([found.instanceHoursAtMin, found.instanceHoursAtMax], [0.166, 1.332]);
  assert.ok(found.instanceHours > 0.2 && found.instanceHours < 1, String(found.instanceHours));
  assert.equal(
    found.series.reduce((sum, p) => sum + p.requests, 0),
    2400,
  );
  const area = found.series.reduce((sum, p) => sum + p.instances * p.length, 0) / 3_600_000;
  assert.ok(Math.abs(area - found.instanceHours) < 0.02, `${area} and ${found.instanceHours}`);
});

test('two policies of a report get the same requests', () => {
  const [a, b] = report(named('search'), named('still', { concurrency: null })).policies;
  assert.deepEqual(
    [a?.series.map(p => p.requests), b?.mostInstances, b?.ups],
    [b?.series.map(p => p.requests), 1, 0],
  );
  assert.ok((a?.wait.mean ?? 0) < (b?.wait.mean ?? 0) / 2, 'more instances, less waiting');
});

test('notes name missing times, requests out of order, and settings that are not simulated', () => {
  const odd = named('odd', { external: 3 });
  odd.pool.nginx.balance = { method: 'ip_hash' };
  const replay = new Replay([odd], model(), new ServiceTimes({ kind: 'log' }));
  for (const seconds of [0, 60, 100, 50])
    replay.add({ stamp: START + seconds * 1000, resolution: 1000, took: null, ended: true });
  replay.end();
  const notes = notesOf(replay).map(note => note.replace(/:.*/, ''));
  assert.deepEqual(notes, [
    'the log has no request times',
    '1 request is too far out of order',
    'odd',
    'odd',
  ]);
  assert.match(notesOf(replay).join('\n'), /50ms.*\n.*line was read\n.*Metric=.*\n.*ip_hash/);
});

test('a flap is a change of direction within the window', () => {
  const tally = new Tally(0, 5000, 1);
  const moves: [at: number, isUp: boolean][] = [
    [0, true],
    [10, true],
    [50, false],
    [150, true],
    [200, false],
    [250, false],
  ];
  for (const [at, isUp] of moves) tally.move(at, isUp, 60);
  // at 50 and at 200; at 150 the window has passed
  assert.deepEqual(tally.moves, { ups: 3, downs: 3, flaps: 2 });
});

test('a series has a bounded number of points, and loses no requests', () => {
  const series = new Series(START, 5000);
  const day = 86_400_000;
  for (let at = START; at < START + 30 * day; at += 600_000) {
    series.arrive(at);
    series.wait(at, (at - START) / 600_000);
  }
  series.run(START, START + 10 * day, 2);
  series.run(START + 10 * day, START + 30 * day, 5);
  const points = series.points(START + 30 * day);
  assert.ok(points.length > 2000 && points.length <= 4096, String(points.length));
  assert.equal(
    points.reduce((sum, p) => sum + p.requests, 0),
    30 * 144,
  );
  assert.equal(Math.max(...points.map(p => p.waiting)), 30 * 144 - 1);
  assert.deepEqual([points[0]?.instances, points.at(-2)?.instances], [2, 5]);
  assert.deepEqual([resample(points, 'instances', 3).map(Math.round)], [[2, 5, 5]]);
  assert.deepEqual(
    resample(points, 'requests', 2).map(n => Math.round(n * 600)),
    [1, 1],
  );
});

test('durations of 0 count in the mean and the quantiles', () => {
  const some = new Durations();
  assert.deepEqual([some.mean, some.quantile(0.5)], [null, null]);
  for (let i = 0; i < 90; i += 1) some.add(0);
  for (let i = 1; i <= 10; i += 1) some.add(100 * i);
  assert.deepEqual([some.count, some.positive, some.mean, some.longest], [100, 10, 55, 1000]);
  assert.deepEqual([some.quantile(0.5), some.quantile(0.9), some.quantile(1)], [0, 0, 1000]);
  const p95 = some.quantile(0.95) ?? 0;
  assert.ok(p95 >= 500 && p95 <= 550, String(p95));
});

test('counts, numbers, shares and times are formatted for people', () => {
  assert.deepEqual([0, 12, 1234, 1_234_567].map(formatCount), ['0', '12', '1,234', '1,234,567']);
  assert.deepEqual([0, 0.0123, 12.345, 123.4, 12_345].map(formatNumber), [
    '0',
    '0.0123',
    '12.3',
    '123',
    '12,345',
  ]);
  assert.deepEqual([0, 0.00012, 0.125, 2].map(formatShare), ['0%', '0.012%', '12.5%', '200%']);
  assert.deepEqual([null, 0, 0.5, 999, 1500, 90_000, 7_200_000, 172_800_000].map(formatTime), [
    '-',
    '0 ms',
    '0.5 ms',
    '999 ms',
    '1.5 s',
    '1.5 min',
    '2 h',
    '2 d',
  ]);
});

test('axis marks are round numbers and full hours or days', () => {
  assert.deepEqual(valueMarks(7.5, 1), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(valueMarks(1, 1), [0, 1]);
  assert.deepEqual(valueMarks(130), [0, 20, 40, 60, 80, 100, 120]);
  const at = START + 7 * MINUTE;
  assert.deepEqual(
    timeMarks(at, at + 60 * MINUTE, clock).map(({ label }) => label),
    ['00:10', '00:20', '00:30', '00:40', '00:50', '01:00'],
  );
  // at midnight, five and a half hours east of UTC
  const east = (ms: number): string => clock(ms + 330 * MINUTE);
  const days = timeMarks(START, START + 6 * 86_400_000, east);
  assert.deepEqual(
    days.map(({ label }) => label),
    [11, 12, 13, 14, 15, 16].map(day => `2026-10-${day}`),
  );
  const halves = timeMarks(START, START + 2 * 86_400_000, clock).map(({ label }) => label);
  assert.deepEqual(halves.slice(0, 3), ['2026-10-10', '06:00', '12:00']);
  for (const { value } of days) assert.match(east(value), / 00:00:00$/);
});

test('the highest bar fills the chart, and a value above 0 is visible', () => {
  assert.deepEqual(bars([0, 0.001, 5, 10], 10), ['   █', '   █', '   █', '  ██', '  ██', ' ▁██']);
  assert.deepEqual(bars([0, 0], 0), ['', '', '', '', '', '']);
});

test('text charts fit their width, and have colours only if given', () => {
  const found = report(named('search'), named('still', { concurrency: null }));
  for (const width of [60, 80, 200]) {
    const lines = textCharts(found, width, clock, []).split('\n');
    assert.ok(Math.max(...lines.map(line => line.length)) <= width);
    assert.ok(Math.max(...lines.map(line => line.length)) > width - 5);
    assert.deepEqual(
      lines.filter(line => /^[a-z]/.test(line)),
      ['requests/s', 'instances, search', 'instances, still'],
    );
    assert.ok(lines.every(line => !line.includes(String.fromCharCode(27))));
  }
  assert.match(textCharts(found, 80, clock, [text => `<${text}>`]), /<\s*█+>/);
});

test('the summary has a column for each policy', () => {
  const rows = summaryRows(report(named('search'), named('still', { concurrency: null })));
  assert.ok(rows.length > 10 && rows.every(row => row.length === 3));
  assert.deepEqual(rows[0], ['', 'search', 'still']);
  assert.deepEqual(rows.find(([label]) => label === 'instances, min to max')?.[2], '1 to 1');
  const head = headLines(report(named('search')), clock).join('\n');
  assert.match(head, /^2,400 requests in 9.98 min, 2026-10-10 00:00:00 to 2026-10-10 00:09:59\n/);
  assert.match(head, /a\.log: 2,401 lines, cgipool, 1 malformed \(first at a\.log:9\)\n/);
});

test('image and page are well-formed with any names, and self-contained', () => {
  const wild = `a<b>&"c'\u0001`;
  const found = report(named(wild), named('still', { concurrency: null }));
  const [image, page] = [svgImage(found, clock), htmlPage(found, clock)];
  for (const text of [image, page]) {
    assert.equal(fault(text), null);
    assert.ok(text.includes(`a&lt;b&gt;&amp;&quot;c&#39;\ufffd`));
    assert.doesNotMatch(text, /NaN|Infinity|undefined|<script|url\(|@import|(?:href|src)=/);
    assert.match(text, /prefers-color-scheme: dark/);
    for (const axis of ['requests/s', 'instances', 'waiting requests (maximum)', '>time<'])
      assert.ok(text.includes(axis), axis);
  }
  assert.equal(
    [...image.matchAll(/<path class="line line[01]" d="M[\d.]+,[\d.]+[VH]/g)].length,
    5,
    'a line for each policy',
  );
  assert.ok(page.includes('<td>1 to 1</td>'), 'the table');
});

test('a single request is enough for charts', () => {
  const replay = new Replay([named('search')], model(), new ServiceTimes({ kind: 'log' }));
  replay.add({ stamp: START, resolution: 1000, took: 0, ended: true });
  replay.end();
  const found = reportOf(replay, [], []);
  assert.equal(fault(svgImage(found, clock)), null);
  assert.doesNotMatch(svgImage(found, clock) + textCharts(found, 80, clock, []), /NaN|Infinity|undefined/);
});

test('the markup checker of these tests finds faults', () => {
  for (const text of ['<a>', '<a></b>', '<a b="<"/>', '<a>&</a>', '<a b=c/>', '<a b="&x"/>'])
    assert.notEqual(fault(text), null, text);
  assert.equal(fault(`<a b="1">${escapeMarkup('<&>')}<c/></a>`), null);
});

test.run();
