import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import { type Endpoint, type ExchangeLimits, exchange } from '../../../src/host/probe/exchange.ts';
import { temporary } from '../../temporary.ts';

const test = suite('exchange');

const folder = temporary('exchange');

const BOUNDS: ExchangeLimits = { timeout: 2000, limit: 100, done: () => false };

const gone = async (socket: Socket): Promise<unknown> =>
  socket.destroyed || new Promise(resolve => socket.resume().once('close', resolve));

/** The answer of a server in this process, or the error code. The server's side has closed by then, too. */
async function exchanged(
  serve: (socket: Socket) => void,
  change: Partial<ExchangeLimits> = {},
  on?: string,
): Promise<string> {
  const open: Socket[] = [];
  const server = createServer(socket => serve(socket.on('error', () => {})));
  server.on('connection', socket => open.push(socket)).listen(on ?? { port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const result = await outcome(endpointOf(server), change);
  // hangs if a connection stays open
  await Promise.all(open.map(gone));
  await new Promise(resolve => server.close(resolve));
  return result;
}

function endpointOf(server: Server): Endpoint {
  const address = server.address();
  if (typeof address === 'string') return { path: address };
  return { host: '127.0.0.1', port: (address as AddressInfo).port };
}

const outcome = (endpoint: Endpoint, change: Partial<ExchangeLimits> = {}): Promise<string> =>
  exchange(endpoint, Buffer.from('ask'), { ...BOUNDS, ...change }).then(
    bytes => Buffer.from(bytes).toString(),
    ({ code }: { code: string }) => code,
  );

const echo = (socket: Socket): unknown => socket.once('data', data => socket.end(`received ${data}`));

test('an exchange sends a message and returns the answer up to the end of the connection', async () => {
  assert.equal(await exchanged(echo), 'received ask');
  assert.equal(await exchanged(echo, {}, join(folder, 'sock')), 'received ask');
  assert.equal(await exchanged(socket => socket.once('data', () => socket.end())), '');
});

test('an exchange ends when the answer is complete, though the worker does not close', async () => {
  // never closes
  const serve = (socket: Socket): void => {
    socket.once('data', () => socket.write('a', () => setImmediate(() => socket.write('b'))));
  };
  assert.equal(await exchanged(serve, { done: bytes => bytes.length === 2 }), 'ab');
});

test('an exchange fails at its timeout, also when the answer trickles in', async () => {
  const trickle = (socket: Socket): void => {
    const timer = setInterval(() => socket.write('.'), 5);
    socket.on('close', () => clearInterval(timer));
  };
  assert.equal(await exchanged(() => {}, { timeout: 30 }), 'ETIMEDOUT');
  assert.equal(await exchanged(trickle, { timeout: 60, limit: 1000 }), 'ETIMEDOUT');
});

test('an answer longer than the limit fails the exchange', async () => {
  assert.equal(await exchanged(socket => socket.end('x'.repeat(100))), 'x'.repeat(100));
  assert.equal(await exchanged(socket => socket.end('x'.repeat(101))), 'ERR_CANCELED');
  assert.equal(await exchanged(socket => socket.write('x'.repeat(1_000_000))), 'ERR_CANCELED');
});

test('a refused or immediately closed connection fails the exchange', async () => {
  assert.equal(await outcome({ path: join(folder, 'nothing') }), 'ENOENT');
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const endpoint = endpointOf(closed);
  await new Promise(resolve => closed.close(resolve));
  assert.equal(await outcome(endpoint), 'ECONNREFUSED');
  assert.equal(await exchanged(socket => socket.resetAndDestroy()), 'ECONNRESET');
  // EPIPE in Node
  assert.equal(await exchanged(socket => socket.destroy(), {}, join(folder, 'closed')), 'ECONNRESET');
});

const hex = (port = 0): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

/** How many entries the kernel's table has for the connection between two ports. */
const entriesOf = ({ localPort, remotePort }: Pair): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter(line => line.includes(`${hex(localPort)} `) && line.includes(`${hex(remotePort)} `)).length;
type Pair = Record<'localPort' | 'remotePort', number | undefined>;

test('an exchange leaves no entry in the socket table, whether answered or timed out', async () => {
  const pairs: Pair[] = [];
  const serve = (socket: Socket): void => {
    const { localPort, remotePort } = socket;
    pairs.push({ localPort, remotePort });
    socket.on('data', () => pairs.length < 3 && socket.end('answer'));
  };
  assert.equal(await exchanged(serve, { done: bytes => bytes.length > 0 }), 'answer');
  assert.equal(await exchanged(serve), 'answer');
  assert.equal(await exchanged(serve, { timeout: 30 }), 'ETIMEDOUT');
  assert.deepEqual(pairs.map(entriesOf), [0, 0, 0]);
});

test('an exchange leaves no timer behind, which would keep the process alive', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
  const before = timers();
  await exchanged(echo);
  assert.equal(timers(), before);
});

test('an answer that comes byte by byte is given up before it costs more than another', async () => {
  const drip = (socket: Socket): void => {
    socket.setNoDelay(true).once('data', () => {
      const next = (left: number): void => {
        if (left > 0 && !socket.destroyed) socket.write('a', () => setImmediate(next, left - 1));
      };
      next(1000);
    });
  };
  assert.equal(await exchanged(drip, { limit: 10_000 }), 'EMSGSIZE');
});

test.run();
