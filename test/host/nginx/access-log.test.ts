import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { suite } from 'uvu';
import { AccessLog, type LoggedRequests, parseAccess } from '../../../src/host/nginx/access-log.ts';
import { correctFor } from '../../../src/host/nginx/loss.ts';
import { Histogram } from '../../../src/scale/histogram.ts';
import { Random } from '../../sim/random.ts';

const test = suite('access log');

const TAG = 'cgipool_0123456789abcdef01234567';
const line = (text: string, tag = TAG): string => `<190>Nov 24 20:00:00 ${tag}: ${text}`;
const GOOD = '127.0.0.1:8000\t200\t0.012\tGET\t/a?b=c';

test('a log line has endpoint, status, time, method and URI', () => {
  assert.deepEqual(parseAccess(line(GOOD), TAG), {
    attempts: [{ endpoint: '127.0.0.1:8000', status: 200, took: 12 }],
    method: 'GET',
    uri: '/a?b=c',
  });
});

test('a log line has every try of a request, also at a wake socket and after an internal redirect', () => {
  const text =
    '127.0.0.1:8000, unix:/run/cgipool/a-b/1/sock : unix:/run/cgipool/a.wake\t-, 502 : 200\t-, 1.000 : 0.500\tPOST\t/';
  assert.deepEqual(parseAccess(line(text), TAG)?.attempts, [
    { endpoint: '127.0.0.1:8000', status: null, took: 0 },
    { endpoint: 'unix:/run/cgipool/a-b/1/sock', status: 502, took: 1000 },
    { endpoint: 'unix:/run/cgipool/a.wake', status: 200, took: 500 },
  ]);
});

test('datagrams with a wrong tag or form are rejected', () => {
  for (const bad of [
    '',
    GOOD,
    line(GOOD, 'cgipool'),
    line(GOOD, `${TAG}0`),
    line(GOOD, TAG.slice(0, -1)),
    line(GOOD).replace('<190>', ''),
    line(GOOD.replace('127.0.0.1', '127.0.0.2')),
    line(GOOD.replace('127.0.0.1:8000', 'unix:/etc/passwd')),
    line(GOOD.replace('127.0.0.1:8000', 'unix:/run/cgipool/../x/sock')),
    line(GOOD.replace('GET', 'GET /x')),
    line(GOOD.replaceAll('\t', ' ')),
    line(`${GOOD}\tmore`),
    line('-\t-\t-\tGET\t/'),
    '\0'.repeat(2000),
  ])
    assert.equal(parseAccess(bad, TAG), null, JSON.stringify(bad).slice(0, 100));
});

test('corrupted datagrams neither throw nor yield invalid numbers', () => {
  const random = new Random(3);
  for (let i = 0; i < 20_000; i++) {
    const text = [...line(GOOD)];
    for (let n = random.between(1, 4); n > 0; n--)
      text[random.between(0, text.length - 1)] = String.fromCharCode(random.between(0, 255));
    const found = parseAccess(text.slice(0, random.between(0, text.length)).join(''), TAG);
    for (const { took, status } of found?.attempts ?? []) {
      assert.ok(Number.isFinite(took), text.join(''));
      assert.ok(status === null || Number.isFinite(status), text.join(''));
    }
  }
});

/** What is received of these lines, sent one by one so that the kernel drops none. */
async function received(lines: readonly string[], limit: number): Promise<LoggedRequests> {
  const log = await AccessLog.listen('127.0.0.1:0', TAG, () => limit);
  const client = createSocket('udp4');
  try {
    for (const each of lines) {
      client.send(each, log.port, '127.0.0.1');
      await once(log.socket, 'message');
    }
    return log.take();
  } finally {
    client.close();
    log.close();
  }
}

test('requests received over UDP are counted by endpoint, with errors and times; forged lines are not', async () => {
  const { stats, slow } = await received(
    [
      line(GOOD),
      line(GOOD.replace('200', '503').replace('0.012', '2.000')),
      line(GOOD.replace('200', '-')),
      line(GOOD.replace('200', '404')),
      line(GOOD.replace('8000', '8001')),
      line(GOOD, 'forged'),
      'garbage',
    ],
    1000,
  );
  const first = stats.get('127.0.0.1:8000');
  assert.deepEqual([first?.count, first?.errors, first?.latencies.total], [4, 2, 4]);
  assert.equal(stats.get('127.0.0.1:8001')?.count, 1);
  assert.equal(stats.size, 2);
  assert.deepEqual(
    slow.map(access => access.attempts[0]?.took),
    [2000],
  );
});

test('of many slow requests only 200 are kept, but all are counted', async () => {
  const lines = Array.from({ length: 600 }, (_, i) =>
    line(GOOD.replace('0.012', '9.000').replace('c', String(i))),
  );
  const { stats, slow } = await received(lines, 1);
  assert.equal(stats.get('127.0.0.1:8000')?.count, 600);
  assert.equal(slow.length, 200);
});

test('the access log is received on loopback only, and a port in use is an error', async () => {
  const log = await AccessLog.listen('127.0.0.1:0', TAG, () => null);
  const other = createSocket('udp4');
  try {
    await assert.rejects(
      AccessLog.listen(`127.0.0.1:${log.port}`, TAG, () => null),
      /EADDRINUSE/,
    );
    assert.equal(log.socket.address().address, '127.0.0.1');
  } finally {
    other.close();
    log.close();
    await once(log.socket, 'close');
  }
});

/** Sends lines in turn so often, while this process cannot read; the kernel drops what its buffer does not hold. */
function flood(port: number, times: number, ...lines: string[]): void {
  const program = `import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(${times}):
    for line in sys.argv[1:]: s.sendto(line.encode(), ("127.0.0.1", ${port}))`;
  execFileSync('python3', ['-c', program, ...lines]);
}

/** Takes when all is read. */
async function drained(log: AccessLog, sent: number): Promise<LoggedRequests> {
  const all = log.take();
  while (all.loss.received + all.loss.lost < sent) {
    await once(log.socket, 'message');
    const more = log.take();
    for (const [endpoint, { count }] of more.stats)
      all.stats.set(endpoint, { ...noStats(), count: (all.stats.get(endpoint)?.count ?? 0) + count });
    all.loss = { received: all.loss.received + more.loss.received, lost: all.loss.lost + more.loss.lost };
  }
  return all;
}

const noStats = () => ({ count: 0, errors: 0, latencies: new Histogram() });

test('lines that the kernel dropped are counted, and requests are corrected by the share of them that is nginx', async () => {
  const log = await AccessLog.listen('127.0.0.1:0', TAG, () => null);
  try {
    flood(log.port, 4000, line(GOOD), line(GOOD, 'forged'), line(GOOD, 'forged'), line(GOOD));
    const { stats, loss } = await drained(log, 16_000);
    assert.equal(loss.received + loss.lost, 16_000);
    assert.ok(loss.lost > 8000, `${loss.lost}`);
    const count = correctFor(stats, loss)?.get('127.0.0.1:8000')?.count ?? 0;
    assert.ok(Math.abs(count - 8000) < 100, `${count} of 8000`);
  } finally {
    log.close();
  }
});

test('when every line was lost nothing is known, and without a loss nothing is changed', () => {
  const stats = new Map([['127.0.0.1:8000', { ...noStats(), count: 3, errors: 1 }]]);
  assert.equal(correctFor(stats, { received: 3, lost: 0 }), stats);
  assert.equal(correctFor(new Map(), { received: 0, lost: 7 }), null);
  const half = correctFor(stats, { received: 6, lost: 6 })?.get('127.0.0.1:8000');
  assert.deepEqual([half?.count, half?.errors], [6, 2]);
});

test.run();
