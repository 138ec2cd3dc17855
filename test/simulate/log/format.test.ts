import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { parseClfTime } from '../../../src/simulate/log/clf.ts';
import type { LogEntry } from '../../../src/simulate/log/entry.ts';
import { detect } from '../../../src/simulate/log/format.ts';
import { LogParser } from '../../../src/simulate/log/log-parser.ts';
import { serviceTime } from '../../../src/simulate/service-time.ts';
import { check } from '../../pool-file/values/table.ts';

const test = suite('log formats');

const T = Date.UTC(2026, 9, 10, 13, 55, 36);
const COMMON = '192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 2326';
const COMBINED = `${COMMON} "https://example.org/" "Mozilla/5.0 (X11)"`;
const OWN = '1791640536.123\t127.0.0.1:8000\t200\t0.005\tGET\t/a';

test('times of the common log format are parsed, and invalid ones rejected', () => {
  const rows: [text: string, ms: number | null][] = [
    ['10/Oct/2026:13:55:36 +0000', T],
    ['10/Oct/2026:15:55:36 +0200', T],
    ['10/Oct/2026:10:25:36 -0330', T],
    ['29/Feb/2028:00:00:00 +0000', Date.UTC(2028, 1, 29)],
    ['31/Dec/2026:23:59:60 +0000', Date.UTC(2026, 11, 31, 23, 59, 59)],
    ['10/Okt/2026:13:55:36 +0000', null],
    ['10/Oct/2026:24:55:36 +0000', null],
    ['10/Oct/2026:13:60:36 +0000', null],
    ['10/Oct/2026:13:55:36', null],
    ['2026-10-10T13:55:36+00:00', null],
    ['', null],
  ];
  for (const [text, ms] of rows) assert.equal(parseClfTime(text), ms, text);
});

const [PLAIN, NGINX, APACHE, CGIPOOL] = [
  'common or combined',
  'combined with $request_time',
  'combined with %D',
  'cgipool',
];
const clf = (took: number | null, ended: boolean): LogEntry => ({ stamp: T, resolution: 1000, took, ended });
const own = (took: number | null): LogEntry => ({ stamp: T + 123, resolution: 1, took, ended: true });

const LINES: [line: string, format: string, entry: LogEntry][] = [
  [COMMON, PLAIN, clf(null, true)],
  [COMMON.replace('2326', '-'), PLAIN, clf(null, true)],
  [COMBINED, PLAIN, clf(null, true)],
  // vhost_combined, IPv6 and a user with a bracket
  [`www.example.org:443 ${COMBINED.replace('192.0.2.1 - -', '2001:db8::1 - [a]')}`, PLAIN, clf(null, true)],
  ['- - - [10/Oct/2026:13:55:36 +0000] "" 400 0 "-" "-"', PLAIN, clf(null, true)],
  ['- - - [10/Oct/2026:13:55:36 +0000] "GET /\\" 5 HTTP/1.1" 200 1 "-" "a \\" b"', PLAIN, clf(null, true)],
  // how nginx logs what is not a request
  [
    '- - - [10/Oct/2026:13:55:36 +0000] "no\\x22\\x5C " 400 157 "-" "a\\x22b\\x5Cc" 0.002',
    NGINX,
    clf(2, true),
  ],
  [`${COMBINED}\r`, PLAIN, clf(null, true)],
  // combinedio: bytes in and out
  [`${COMBINED} 523 4096`, PLAIN, clf(null, true)],
  [`${COMBINED} 0.25`, NGINX, clf(250, true)],
  [`${COMBINED} "203.0.113.9" 0.250\r`, NGINX, clf(250, true)],
  [`${COMBINED} 0.300 0.250`, NGINX, clf(250, true)],
  [`${COMMON} 0.000`, NGINX, clf(0, true)],
  [`${COMBINED} 250500`, APACHE, clf(250.5, false)],
  [OWN, CGIPOOL, own(5)],
  [OWN.replace('0.005', '0.001, 0.250 : 0.004'), CGIPOOL, own(255)],
  [OWN.replace('0.005', '-, 0.250'), CGIPOOL, own(250)],
];

test('the format of a line is detected, and its time parsed', () => {
  for (const [line, name, entry] of LINES) {
    const format = detect([line]);
    assert.equal(format?.name, name, line);
    assert.deepEqual(format?.read(line), entry, line);
  }
});

test('lines of no known format are not detected', () => {
  const lines = [
    '',
    'Oct 10 13:55:36 host sshd[1]: hello',
    COMMON.replace('GET', '').slice(0, 60),
    COMMON.replace('200', 'two'),
    COMBINED.replace('200', 'two'),
    COMMON.replace('"GET', 'GET'),
    COMMON.replace(' 2326', ''),
    COMMON.replace('[', '('),
    OWN.replace('.123', ''),
    OWN.replace('GET', 'get'),
    OWN.slice(0, 30),
    '{"time":"2026-10-10T13:55:36Z","status":200}',
  ];
  for (const line of lines) assert.equal(detect([line]), null, line);
});

test('the first lines determine the format, a timed one if half of them have a time', () => {
  const timed = `${COMBINED} 0.25`;
  assert.equal(detect([COMBINED, timed])?.name, NGINX);
  assert.equal(detect([COMBINED, COMBINED, timed])?.name, PLAIN);
  const log = new LogParser('a.log');
  const entries = log.add(['', 'nonsense', timed, timed, `${COMBINED} -`, COMMON, OWN]);
  assert.deepEqual(
    entries.map(e => e.took),
    [250, 250, null, null],
  );
  assert.deepEqual([log.lines, log.malformed, log.firstMalformed], [7, 2, 2]);
});

test('lines before the first known one count as malformed, and 1000 unknown ones end the log', () => {
  const log = new LogParser('a.log');
  assert.deepEqual([log.add(['what', 'is']), log.isForeign, log.unknownLines], [[], false, 2]);
  assert.equal(log.add(['this', OWN]).length, 1);
  assert.deepEqual([log.lines, log.malformed, log.firstMalformed], [4, 3, 1]);
  const foreign = new LogParser('b.log');
  foreign.add(Array.from({ length: 1000 }, () => 'what'));
  assert.equal(foreign.isForeign, true);
});

test('--service-time takes log, a time span, or exp: and a time span', () =>
  check(serviceTime, [
    ['log', { kind: 'log' }],
    ['50ms', { kind: 'fixed', ms: 50 }],
    ['exp:1.5s', { kind: 'exp', mean: 1500 }],
    ['50xy', /is not a time span: write 500ms.*or use log or exp:50ms/],
    ['exp:', /is not a time span/],
    ['0ms', /must be longer than 0/],
  ]));

test.run();
