import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { suite } from 'uvu';
import { isOutgoing, isReached, noPorts, parsePorts, readPorts } from '../../../src/host/kernel/ports.ts';

const test = suite('what has a port');

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 61184        0 12345 1 0000 100 0 0 10 0
   1: 0100007F:9C40 0100007F:1538 01 00000000:00000000 00:00000000 00000000  1000        0 12346 1 0000 20 4 30 10 -1
   2: 0A01A8C0:9C41 08080808:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 12347 1 0000 20 4 30 10 -1
   3: 0100007F:1F41 0100007F:D2F0 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000
   4: 0100007F:1F41 0100007F:D2F2 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1F42 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 61185        0 99 1 0000 100 0 0 10 0
   1: 00000000000000000000000000000000:1F43 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 98 1 0000 100 0 0 10 0
`;

const parsed = () => {
  const into = noPorts();
  for (const text of [TCP, TCP6]) parsePorts(text, into);
  return into;
};

test('listeners come with their address as people write it, and their user', () => {
  assert.deepEqual(parsed().listeners, [
    { address: '127.0.0.1', port: 8000, uid: 61184 },
    { address: '[::1]', port: 8002, uid: 61185 },
    { address: '[::]', port: 8003, uid: 0 },
  ]);
});

test('closed connections are counted by port, and near ends on loopback are told apart from those elsewhere', () => {
  const { closed, connected } = parsed();
  assert.deepEqual([...closed], [[8001, 2]]);
  assert.deepEqual([...connected], [[40000, [5432]]]);
});

test('a connection to 127.0.0.1 does not reach a listener on ::1 alone', () => {
  assert.deepEqual(
    [8000, 8001, 8002, 8003].map(port => isReached(parsed(), port)),
    [true, false, false, true],
  );
});

test("the kernel's own tables show a listener and a connection", async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createConnection(port, '127.0.0.1');
  await once(client, 'connect');
  const seen = readPorts();
  assert.ok(isReached(seen, port));
  assert.ok(isOutgoing(seen, client.localPort ?? 0));
  assert.ok(!isOutgoing(seen, port), 'what was accepted there is no outgoing connection');
  client.destroy();
  server.close();
});

test.run();
