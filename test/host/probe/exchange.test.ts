import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { type Endpoint, type ExchangeLimits, exchange } from '../../../src/host/probe/exchange.ts';

const test = suite('exchange');

const folder = mkdtempSync(join(tmpdir(), 'cgipool-exchange-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const BOUNDS: ExchangeLimits = { timeout: 2000, limit: 100, done: () => false };

const gone = async (socket: Socket): Promise<unknown> =>
  socket.destroyed || new Promise(resolve => socket.resume().once('close', resolve));

/** How an exchange with a server of this process ends, or its code; by then the server's end is closed, too. */
async function exchanged(
  serve: (socket: Socket) => void,
  change: Partial<ExchangeLimits> = {},
  on?: string,
): Promise<string> {
  const open: Socket[] = [];
  const server = createServer(socket => serve(socket.on('error', () => {})));
  server.on('connection', socket => open.push(socket)).listen(on ?? { port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const result = await outcome(targetOf(server), change);
  // a connection that stays open would hang here
  await Promise.all(open.map(gone));
  await new Promise(resolve => server.close(resolve));
  return result;
}

function targetOf(server: Server): Endpoint {
  const address = server.address();
  if (typeof address === 'string') return { path: address };
  return { host: '127.0.0.1', port: (address as AddressInfo).port };
}

const outcome = (target: Endpoint, change: Partial<ExchangeLimits> = {}): Promise<string> =>
  exchange(target, Buffer.from('ask'), { ...BOUNDS, ...change }).then(
    bytes => Buffer.from(bytes).toString(),
    ({ code }: { code: string }) => code,
  );

const echo = (socket: Socket): unknown => socket.once('data', data => socket.end(`you said ${data}`));

test('sends a message and takes what comes until the end', async () => {
  assert.equal(await exchanged(echo), 'you said ask');
  assert.equal(await exchanged(echo, {}, join(folder, 'sock')), 'you said ask');
  assert.equal(await exchanged(socket => socket.once('data', () => socket.end())), '');
});

test('takes no more than is wanted', async () => {
  // it never ends of itself
  const serve = (socket: Socket): void => {
    socket.once('data', () => socket.write('a', () => setImmediate(() => socket.write('b'))));
  };
  assert.equal(await exchanged(serve, { done: bytes => bytes.length === 2 }), 'ab');
});

test('waits so long and no longer, however much trickles in', async () => {
  const trickle = (socket: Socket): void => {
    const timer = setInterval(() => socket.write('.'), 5);
    socket.on('close', () => clearInterval(timer));
  };
  assert.equal(await exchanged(() => {}, { timeout: 30 }), 'ETIMEDOUT');
  assert.equal(await exchanged(trickle, { timeout: 60, limit: 1000 }), 'ETIMEDOUT');
});

test('takes so much and no more', async () => {
  assert.equal(await exchanged(socket => socket.end('x'.repeat(100))), 'x'.repeat(100));
  assert.equal(await exchanged(socket => socket.end('x'.repeat(101))), 'ERR_CANCELED');
  assert.equal(await exchanged(socket => socket.write('x'.repeat(1_000_000))), 'ERR_CANCELED');
});

test('a connection that is refused or closed at once', async () => {
  assert.equal(await outcome({ path: join(folder, 'nothing') }), 'ENOENT');
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const target = targetOf(closed);
  await new Promise(resolve => closed.close(resolve));
  assert.equal(await outcome(target), 'ECONNREFUSED');
  assert.equal(await exchanged(socket => socket.resetAndDestroy()), 'ECONNRESET');
  // Node says EPIPE here
  assert.equal(await exchanged(socket => socket.destroy(), {}, join(folder, 'closed')), 'ECONNRESET');
});

const hex = (port = 0): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

/** How often the kernel remembers the connection between two ports. */
const remembered = ({ localPort, remotePort }: Pair): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter(line => line.includes(`${hex(localPort)} `) && line.includes(`${hex(remotePort)} `)).length;
type Pair = Record<'localPort' | 'remotePort', number | undefined>;

test('the kernel remembers no connection, neither one that was answered nor one that hangs', async () => {
  const pairs: Pair[] = [];
  const serve = (socket: Socket): void => {
    const { localPort, remotePort } = socket;
    pairs.push({ localPort, remotePort });
    socket.on('data', () => pairs.length < 3 && socket.end('answer'));
  };
  assert.equal(await exchanged(serve, { done: bytes => bytes.length > 0 }), 'answer');
  assert.equal(await exchanged(serve), 'answer');
  assert.equal(await exchanged(serve, { timeout: 30 }), 'ETIMEDOUT');
  assert.deepEqual(pairs.map(remembered), [0, 0, 0]);
});

test('leaves no timer behind, which would keep a program alive', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
  const before = timers();
  await exchanged(echo);
  assert.equal(timers(), before);
});

test.run();
