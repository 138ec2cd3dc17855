import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import { type ProbeResult, probeWire, type WireProbe } from '../../../src/host/probe/probe.ts';
import type { WireProtocol } from '../../../src/wire/request.ts';
import { ended, record } from '../../wire/bytes.ts';

/* Answers that a worker may send, good or bad. test/e2e/wire.test.ts has real workers. */

const test = suite('probe by CGI protocols');

const PROBE: WireProbe = {
  ...{ path: '/health', host: 'localhost', script: null, root: null },
  ...{ status: { least: 200, most: 399 }, body: null, timeout: 2000 },
};

/** Probes a worker that sends this answer, and closes unless `end` is false; returns the code of a thrown error. */
async function probed(
  protocol: WireProtocol,
  answer: string | Uint8Array,
  { end = true, ...change }: Partial<WireProbe> & { end?: boolean } = {},
): Promise<ProbeResult | string> {
  const open: Socket[] = [];
  const server = createServer(socket => {
    open.push(socket);
    socket.on('error', () => {}).once('data', () => (end ? socket.end(answer) : socket.write(answer)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const result = await probeWire(protocol, { host: '127.0.0.1', port }, { ...PROBE, ...change }).catch(
    ({ code }: { code: string }) => code,
  );
  for (const socket of open) socket.destroy();
  await new Promise(resolve => server.close(resolve));
  return result;
}

async function probes(expected: RegExp, ok: boolean, ...args: Parameters<typeof probed>): Promise<void> {
  const result = await probed(...args);
  assert.ok(typeof result === 'object', `${result}`);
  assert.match(result.detail, expected);
  assert.deepEqual([result.ok, result.late], [ok, false]);
}

const records = (...stdout: string[]): Uint8Array =>
  Buffer.concat([...stdout.map(text => record(6, text)), record(3, ended())]);

test('a probe by CGI protocols checks the status and Body=', async () => {
  const head = 'Status: 404 Not Found\r\n\r\n';
  const all = { status: { least: 200, most: 499 } };
  for (const [protocol, answer] of [
    ['scgi', `${head}all is well`],
    ['uwsgi', `HTTP/1.1 404 Not Found\r\nContent-Length: 11\r\n\r\nall is well`],
    ['fastcgi', records(head, 'all is ', 'well')],
  ] as const) {
    await probes(/^404 in \d+ ms$/, false, protocol, answer);
    await probes(/^404 in \d+ ms$/, true, protocol, answer, all);
    await probes(/^404 in \d+ ms$/, true, protocol, answer, { ...all, body: 'is well' });
    await probes(/^404 in \d+ ms, but the body lacks the text of Body=$/, false, protocol, answer, {
      ...all,
      body: 'ill',
    });
  }
});

test('an answer with a length is complete before the connection ends', async () => {
  await probes(/^200 in/, true, 'fastcgi', records('A: b\n\n'), { end: false });
  await probes(/^200 in/, true, 'uwsgi', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na', { end: false });
  await probes(/^the answer is not CGI/, false, 'scgi', 'SSH-2.0-OpenSSH_9.2\r\n', { end: false });
});

test('a probe fails when the connection closes before the answer is complete', async () => {
  for (const protocol of ['fastcgi', 'scgi', 'uwsgi'] as const) {
    await probes(/^the connection was closed without an answer$/, false, protocol, '');
    const torn = protocol === 'fastcgi' ? record(6, 'A: b\n\nc') : 'Content-Length: 9\n\nx';
    await probes(/^the connection was closed in the middle of the answer$/, false, protocol, torn);
  }
});

test("a failed probe quotes the worker's stderr and its FastCGI refusal", async () => {
  const errors = record(7, 'Primary script unknown\n');
  const missing = Buffer.concat([errors, records('Status: 404\n\nno file')]);
  await probes(/^404 in \d+ ms; stderr: Primary script unknown$/, false, 'fastcgi', missing);
  await probes(/^200 in \d+ ms$/, true, 'fastcgi', Buffer.concat([errors, records('A: b\n\n')]));
  await probes(/^the answer is empty; stderr: P/, false, 'fastcgi', Buffer.concat([errors, records()]));
  await probes(/it is overloaded$/, false, 'fastcgi', record(3, ended(2)));
  await probes(/^the answer is not FastCGI$/, false, 'fastcgi', 'HTTP/1.1 400 Bad Request\r\n\r\n');
});

test('a timeout or an oversized answer rejects with its code', async () => {
  assert.equal(await probed('scgi', 'A: b\n\n', { end: false, timeout: 40 }), 'ETIMEDOUT');
  assert.equal(await probed('uwsgi', 'A: b\n\n'.padEnd(70_000)), 'ERR_CANCELED');
});

test('a probe fails when its request is too long for uwsgi', async () => {
  await probes(/shorten Path=$/, false, 'uwsgi', '', { path: `/${'x'.repeat(65_535)}` });
});

test.run();
