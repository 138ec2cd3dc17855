import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { suite } from 'uvu';
import { SocketTables } from '../../../src/host/kernel/sockets.ts';

const test = suite('socket tables');

async function listen(host: string): Promise<[Server, port: number]> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return [server, (server.address() as AddressInfo).port];
}

test('an IPv6 listener is reported at each reading, and a new one if it has the port of a worker', async () => {
  const tables = new SocketTables();
  const [first, port] = await listen('::1');
  assert.ok(tables.read().listening.has(port));
  const [second, later] = await listen('::1');
  const soon = tables.read().listening;
  assert.ok(soon.has(port), 'known from the previous reading');
  assert.ok(!soon.has(later), 'the IPv6 table was read again');
  assert.ok(tables.read([later]).listening.has(later), 'a port of a worker has no IPv4 listener');
  for (const server of [first, second]) server.close();
});

test('an IPv6 listener that has closed is no longer reported', async () => {
  const tables = new SocketTables();
  const [server, port] = await listen('::1');
  assert.ok(tables.read().listening.has(port));
  server.close();
  await once(server, 'close');
  assert.ok(!tables.read([port]).listening.has(port));
});

test('an IPv4 listener is reported at the next reading', async () => {
  const tables = new SocketTables();
  tables.read();
  const [server, port] = await listen('127.0.0.1');
  assert.ok(tables.read([port]).listening.has(port));
  server.close();
});

test.run();
