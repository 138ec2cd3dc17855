import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { suite } from 'uvu';
import { type ProbeResult, probe } from '../../../src/host/probe/probe.ts';
import type { Health } from '../../../src/model/pool.ts';
import { parsePool } from '../../../src/pool-file/pool-file.ts';

const test = suite('probe');

const file = '[Pool]\nExec=/bin/a\nPorts=1\n[Health]\nPath=/health?x=1\nHost=www.example.org\nTimeout=2s';
const POOL = parsePool('a.pool', file).pool ?? assert.fail('the pool file has a mistake');
const HEALTH = POOL.health;

/** Probes a server of this process once. */
async function probed(server: Server, change: Partial<Health> = {}): Promise<ProbeResult> {
  const open = new Set<Socket>();
  server.on('connection', socket => open.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const result = await probe(POOL, port, { ...HEALTH, ...change });
  for (const socket of open) socket.destroy();
  server.close();
  return result;
}

const http = (answer: RequestListener, change?: Partial<Health>): Promise<ProbeResult> =>
  probed(createHttp(answer), change);

/** Probes a server that sends a text, and closes or not. */
const raw = (text: string, end: boolean, change?: Partial<Health>): Promise<ProbeResult> =>
  probed(
    createServer(socket => {
      socket.on('error', () => {}).on('data', () => (end ? socket.end(text) : socket.write(text)));
    }),
    change,
  );

const status = (code: number, headers = {}) =>
  ((_, response) => response.writeHead(code, headers).end('x')) satisfies RequestListener;

test('a probe requests Path= with Host= of the pool file', async () => {
  let seen: IncomingMessage | undefined;
  const result = await http((request, response) => {
    seen = request;
    response.end('ok');
  });
  assert.deepEqual([result.ok, result.late], [true, false]);
  assert.match(result.detail, /^200 in \d+ ms$/);
  assert.deepEqual([seen?.method, seen?.url], ['GET', '/health?x=1']);
  const { host, connection } = seen?.headers ?? {};
  assert.deepEqual([host, connection], ['www.example.org', 'close']);
});

test('a probe passes on 200 to 399, or on the statuses of Status=', async () => {
  const only204 = { status: { least: 204, most: 204 } };
  const rows: [code: number, ok: boolean, change?: Partial<Health>][] = [
    [204, true],
    [304, true],
    [404, false],
    [500, false],
    [503, false],
    [200, false, only204],
    [204, true, only204],
    [404, true, { status: { least: 200, most: 499 } }],
  ];
  for (const [code, ok, change] of rows) {
    const result = await http(status(code), change);
    assert.deepEqual([result.ok, result.late], [ok, false], `${code}`);
    assert.match(result.detail, new RegExp(`^${code} in \\d+ ms$`));
  }
});

test('a probe with Body= requires its text in the answer', async () => {
  const wanting = (body: string): Promise<ProbeResult> => http((_, r) => r.end('all is well'), { body });
  assert.ok((await wanting('is well')).ok);
  const { ok, late, detail } = await wanting('is ill');
  assert.deepEqual([ok, late], [false, false]);
  assert.match(detail, /^200 in \d+ ms, but the body lacks the text of Body=$/);
});

test('a probe passes on a redirect and does not follow it', async () => {
  let asked = 0;
  const result = await http((request, response) => {
    asked++;
    status(302, { location: '/elsewhere' })(request, response);
  });
  assert.match(result.detail, /^302 in/);
  assert.deepEqual([result.ok, asked], [true, 1]);
});

test('a probe without an answer in time is late, and sends one request only', async () => {
  let asked = 0;
  const result = await http(() => asked++, { timeout: 60 });
  assert.deepEqual(result, { ok: false, late: true, detail: 'no answer within 60 ms' });
  assert.equal(asked, 1);
});

test('a probe whose answer trickles in is late', async () => {
  const result = await raw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx', false, { timeout: 60 });
  assert.deepEqual(result, { ok: false, late: true, detail: 'no answer within 60 ms' });
});

test('a probe fails when nothing listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const refused = { ok: false, late: false, detail: 'nothing is listening on the endpoint' };
  for (const kind of ['http', 'tcp'] as const)
    assert.deepEqual(await probe(POOL, port, { ...HEALTH, probe: kind }), refused);
});

test('a probe fails when the connection closes before or during the answer', async () => {
  const closed = await probed(createServer(socket => socket.on('error', () => {}).resetAndDestroy()));
  assert.deepEqual([closed.ok, closed.late], [false, false]);
  assert.equal(closed.detail, 'the connection was closed without an answer');
  const torn = await raw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx', true);
  assert.deepEqual(
    [torn.ok, torn.late, torn.detail],
    [false, false, 'the connection was closed in the middle of the answer'],
  );
});

test('a probe fails on an answer that is not HTTP', async () => {
  for (const text of [
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\0\0\0',
    'HTTP/1.1 OK\r\n\r\n',
    'Status: 200\r\n\r\n',
    'HTTP/1.1 200 OK\r\nbad header\r\n\r\n',
  ]) {
    const { ok, late, detail } = await raw(text, true);
    assert.deepEqual([ok, late], [false, false], text);
    assert.match(detail, /^the answer is not HTTP(: it does not begin with header lines)?$/);
  }
});

/** An endless body, and how much of it was read. */
function endless(): { body: Readable; taken: () => number } {
  let taken = 0;
  const body = Readable.from(
    (function* () {
      for (;;) {
        taken += 16_384;
        yield 'x'.repeat(16_384);
      }
    })(),
  );
  return { body, taken: () => taken };
}

test('a probe fails on an endless body, and stops reading it', async () => {
  const { body, taken } = endless();
  const result = await http((_, response) => void body.pipe(response));
  assert.deepEqual(result, { ok: false, late: false, detail: 'the answer is longer than 64 KiB' });
  assert.ok(taken() < 16 * 1024 * 1024, `${taken()}`);
});

test('a probe does not decompress a body', async () => {
  assert.ok((await http(status(200, { 'content-encoding': 'gzip' }))).ok);
});

test('Probe=tcp passes on a connection', async () => {
  const { ok, detail } = await probed(createServer(), { probe: 'tcp' });
  assert.ok(ok);
  assert.match(detail, /^connected in \d+ ms$/);
});

test('a worker on a unix socket is probed by HTTP and by connection', async () => {
  // only root can write /run/cgipool: use a mount namespace
  const mount = 'mount -t tmpfs none /run && exec node --import tsx test/host/probe/unix-probe.ts';
  const { stdout } = await execa('unshare', ['--map-root-user', '--mount', 'sh', '-c', mount]);
  const [answered, connected, missing] = JSON.parse(stdout) as ProbeResult[];
  assert.match(answered?.detail ?? '', /^200 in \d+ ms$/);
  assert.match(connected?.detail ?? '', /^connected in \d+ ms$/);
  assert.deepEqual(missing, { ok: false, late: false, detail: 'nothing is listening on the endpoint' });
});

test.run();
