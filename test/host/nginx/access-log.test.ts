import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { suite } from 'uvu';
import { AccessLog, type LoggedRequests, parseAccess } from '../../../src/host/nginx/access-log.ts';
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

test.run();
