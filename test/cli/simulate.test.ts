import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import type { SimulationReport } from '../../src/simulate/report/report.ts';
import { fault } from '../simulate/report/xml.ts';
import { cgipool, cgipoolGiven, inside, onTerminal, rootWith, write } from './cli.ts';

const test = suite('cgipool simulate');

const pool = (max: number, scale: string): string =>
  `[Pool]\nExec=/bin/sh %i\nPorts=8000-8009\nMin=1\nMax=${max}\n[Scale]\nCPU=none\n${scale}\n`;

const folder = rootWith({
  'search.pool': pool(8, 'Concurrency=1'),
  'still.pool': pool(1, ''),
  'bad.pool': '[Pool]\nExec=sh\nMni=1\n',
});
const file = (name: string): string => join(folder, name.endsWith('.pool') ? `etc/cgipool/${name}` : name);

const two = (n: number): string => String(n).padStart(2, '0');

/** A line of nginx's default format at a second after midnight; `rest` is appended. */
const line = (second: number, rest = ''): string => {
  const clock = [second / 3600, (second / 60) % 60, second % 60].map(n => two(Math.floor(n))).join(':');
  return `192.0.2.7 - - [10/Oct/2026:${clock} +0000] "GET /q?n=${second} HTTP/1.1" 200 512 "-" "curl/8"${rest}`;
};

/** One line per second, and twenty per second in the second minute. */
const lines = (from: number, to: number, rest = ''): string[] =>
  Array.from({ length: to - from }, (_, i) => from + i).flatMap(second =>
    Array.from({ length: second >= 60 && second < 120 ? 20 : 1 }, () => line(second, rest)),
  );
const text = (list: readonly string[]): string => `${list.join('\n')}\n`;
const gzip = (name: string, content: string): void => write(file(name), gzipSync(content) as never);

write(file('plain.log'), text(lines(0, 300)));
write(file('timed.log'), text(lines(0, 300, ' 0.200')));
write(file('timed.log.1'), text(lines(0, 100, ' 0.200')));
gzip('timed.log.2.gz', text(lines(100, 200, ' 0.200')));
write(file('timed.log.3'), text(lines(200, 300, ' 0.200')));

async function simulated(...args: string[]): Promise<SimulationReport> {
  const { code, out, err } = await inside('simulate', file('search.pool'), '--json', ...args);
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out) as SimulationReport;
}

test('the output has a description of the log, a table and charts', async () => {
  const { code, out, err } = await cgipool(
    'simulate',
    file('search.pool'),
    '--access-log',
    file('timed.log'),
  );
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^1,440 requests in 5\.01 min/);
  assert.match(out, /timed\.log: 1,440 lines, combined with \$request_time\n/);
  assert.match(out, /\ninstances, min to max +1 to 8\n/);
  assert.match(out, /\nrequests\/s\n +20(?:\.\d)?┤ .*█/);
  assert.ok(!out.includes(String.fromCharCode(27)), 'no colour in a pipe');
  const charts = out.slice(out.indexOf('requests/s')).split('\n');
  const widest = Math.max(...charts.map(l => l.length));
  assert.ok(widest > 75 && widest <= 80, `as wide as most terminals: ${widest}`);
});

test('requests without times take 50ms, and a note says so', async () => {
  const { notes, policies } = await simulated('--access-log', file('plain.log'));
  assert.deepEqual(notes, [
    'the log has no request times: assuming 50ms each; use --service-time to change this',
  ]);
  const explicit = await simulated('--access-log', file('plain.log'), '--service-time', '50ms');
  assert.deepEqual([explicit.notes, explicit.policies], [[], policies]);
});

test('options set the model, and random service times are reproducible', async () => {
  const log = ['--access-log', file('timed.log')];
  const { model } = await simulated(
    ...log,
    ...[
      '--service-time',
      'exp:80ms',
      '--start-time',
      '2s',
      '--threads',
      '4',
      '--cpu-share',
      '30%',
      '--tick',
      '10s',
    ],
  );
  assert.deepEqual(model, {
    serviceTime: 'exp:80ms',
    startTime: 2000,
    tick: 10_000,
    threads: 4,
    cpuShare: 0.3,
  });
  const [one] = (await simulated(...log)).policies;
  const [four] = (await simulated(...log, '--threads', '4')).policies;
  assert.ok((four?.wait.mean ?? 1) < (one?.wait.mean ?? 0));
  const drawn = ['--service-time', 'exp:80ms'];
  assert.deepEqual(
    await simulated(...log, ...drawn),
    await simulated(...log, ...drawn),
    'the same each time',
  );
});

test('rotated logs in any order, gzipped or not, are one log', async () => {
  const whole = await simulated('--access-log', file('timed.log'));
  const names = ['timed.log.3', 'timed.log.1', 'timed.log.2.gz'].map(file);
  const parts = await simulated('--access-log', ...names);
  assert.deepEqual(parts.policies, whole.policies);
  assert.deepEqual(
    parts.log.files.map(f => [f.file, f.lines]),
    names.map((name, i) => [name, [100, 860, 480][i]]),
  );
});

test('a log on standard input is replayed, gzipped or not', async () => {
  for (const input of ['timed.log', 'timed.log.2.gz'].map(file)) {
    const { code, out } = await cgipoolGiven(
      { input },
      'simulate',
      file('search.pool'),
      '--json',
      '--access-log',
      '-',
    );
    const { log } = JSON.parse(out) as SimulationReport;
    assert.deepEqual([code, log.files[0]?.file], [0, 'stdin']);
    assert.ok(log.requests > 400);
  }
});

test('malformed lines are counted, with the position of the first', async () => {
  write(file('torn.log'), text([line(1, ' 0.100'), line(2).slice(0, 50), 'what?', line(3, ' 0.100')]));
  const { code, out } = await inside('simulate', file('search.pool'), '--access-log', file('torn.log'));
  assert.equal(code, 0);
  assert.match(out, /torn\.log: 4 lines, .*, 2 malformed \(first at \S*torn\.log:2\)\n/);
});

test('every mistake in arguments, pool files and logs is explained', async () => {
  write(file('empty.log'), '');
  write(file('other.log'), 'Oct 10 13:55:36 host sshd[1]: hello\n');
  write(file('short.gz'), gzipSync(text(lines(0, 300))).subarray(0, 100) as never);
  const rows: [code: number, message: RegExp, args: string][] = [
    [2, /bad\.pool:2: .*\n.*bad\.pool:3: .*Mni.*\n.*3 mistakes$/s, 'bad.pool --access-log timed.log'],
    [2, /bad\.pool:2: /, 'search.pool --compare bad.pool --access-log timed.log'],
    [2, /nothing\.pool: no such file: fix/, 'nothing.pool --access-log timed.log'],
    [1, /empty\.log: the file is empty: choose a log/, 'search.pool --access-log empty.log'],
    [1, /empty\.log: the file is empty: choose a log/, 'search.pool --access-log timed.log empty.log'],
    [1, /other\.log: unknown format in the first 1 line; known are/, 'search.pool --access-log other.log'],
    [1, /nothing\.log: no such file: fix/, 'search.pool --access-log nothing.log'],
    [1, /: it is a directory/, 'search.pool --access-log /tmp'],
    [1, /short\.gz: incomplete gzip file \(unexpected end/, 'search.pool --access-log short.gz'],
    [2, /--service-time 5x is not a time span/, 'search.pool --access-log timed.log --service-time 5x'],
    [2, /--start-time soon is not a time span/, 'search.pool --access-log timed.log --start-time soon'],
    [2, /--tick 1ms must be from 0\.1s to 3600s/, 'search.pool --access-log timed.log --tick 1ms'],
    [2, /--threads 0 is too small/, 'search.pool --access-log timed.log --threads 0'],
    [2, /--cpu-share 0% must be more/, 'search.pool --access-log timed.log --cpu-share 0%'],
    [2, /--plot a\.png .* FILE\.svg or FILE\.html/, 'search.pool --access-log timed.log --plot a.png'],
  ];
  // these do not end in a Failure
  const others: typeof rows = [
    [1, /cannot write .*timed\.log\/a\.svg: /, 'search.pool --access-log timed.log --plot timed.log/a.svg'],
    [2, /required option '--access-log/, 'search.pool'],
    [2, /unknown option '--tock'.*--tick/s, 'search.pool --access-log timed.log --tock 5s'],
  ];
  const argsOf = (args: string): string[] =>
    args.split(' ').map(word => (/\.(pool|log|gz|svg)$/.test(word) ? file(word) : word));
  const all = [...rows.map(row => ({ row, run: inside })), ...others.map(row => ({ row, run: cgipool }))];
  for (const { row, run } of all) {
    const [code, message, args] = row;
    const ran = await run('simulate', ...argsOf(args));
    assert.match(ran.err, message, args);
    assert.deepEqual([ran.code, args], [code, args]);
    assert.doesNotMatch(ran.err, /\n +at |undefined/, 'no stack');
  }
});

test('--compare shows both policies in the table, the charts, the JSON, the image and the page', async () => {
  const args = [file('search.pool'), '--compare', file('still.pool'), '--access-log', file('timed.log')];
  const [image, page] = [file('both.svg'), file('both.html')];
  const { out } = await inside('simulate', ...args, '--plot', image);
  const json = await inside('simulate', ...args, '--json', '--plot', page);
  assert.match(out, /\n +search +still\n/);
  assert.match(out, /\ninstances, min to max +1 to 8 +1 to 1\n/);
  assert.match(out, /\ninstances, search\n[^a-z]*\ninstances, still\n/);
  const { policies } = JSON.parse(json.out) as SimulationReport;
  assert.deepEqual(
    policies.map(p => [p.name, p.mostInstances]),
    [
      ['search', 8],
      ['still', 1],
    ],
  );
  assert.deepEqual(
    policies[0]?.series.map(p => p.requests),
    policies[1]?.series.map(p => p.requests),
  );
  for (const path of [image, page]) {
    const written = readFileSync(path, 'utf8');
    assert.equal(fault(written), null);
    assert.ok(written.includes('>search</text>') && written.includes('>still</text>'));
  }
});

test('two pool files with the same name are shown by their paths', async () => {
  write(file('other/search.pool'), pool(2, 'Concurrency=1'));
  const { policies } = await simulated(
    '--compare',
    file('other/search.pool'),
    '--access-log',
    file('timed.log'),
  );
  assert.deepEqual(
    policies.map(p => p.name),
    [file('search.pool'), file('other/search.pool')],
  );
});

test('on a terminal the charts fill its width, and are coloured unless NO_COLOR is set', async () => {
  const command = `stty cols 100; $cgipool simulate ${file('search.pool')} --access-log ${file('timed.log')}`;
  const [seen, plain] = await Promise.all([onTerminal(command), onTerminal(command, { NO_COLOR: '1' })]);
  const green = `${String.fromCharCode(27)}[32m`;
  assert.ok(seen.includes(`${green}█`) || seen.includes(`${green} `), 'green');
  assert.ok(!plain.includes(String.fromCharCode(27)));
  const widths = plain.split(/\r?\n/).map(l => l.length);
  assert.ok(Math.max(...widths) > 90 && Math.max(...widths) <= 100, String(Math.max(...widths)));
});

test.run();
