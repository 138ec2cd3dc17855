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

test('a stranger of IPv6 is told at each look, and a new one where it has a port of ours', async () => {
  const tables = new SocketTables();
  const [first, port] = await listen('::1');
  assert.ok(tables.read().listening.has(port));
  const [second, later] = await listen('::1');
  const soon = tables.read().listening;
  assert.ok(soon.has(port), 'known from the look before');
  assert.ok(!soon.has(later), 'the table of IPv6 was read again');
  assert.ok(tables.read([later]).listening.has(later), 'nobody of IPv4 listens where one of ours should');
  for (const server of [first, second]) server.close();
});

test('one that has gone is not told for ever', async () => {
  const tables = new SocketTables();
  const [server, port] = await listen('::1');
  assert.ok(tables.read().listening.has(port));
  server.close();
  await once(server, 'close');
  assert.ok(!tables.read([port]).listening.has(port));
});

test('workers of IPv4 are told at each look', async () => {
  const tables = new SocketTables();
  tables.read();
  const [server, port] = await listen('127.0.0.1');
  assert.ok(tables.read([port]).listening.has(port));
  server.close();
});

test.run();
