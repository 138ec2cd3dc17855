import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import { type ConnectionFlow, ConnectionTracker } from '../../../src/host/kernel/connection-tracker.ts';
import {
  isWaiting,
  noSockets,
  parseTcp,
  parseUnix,
  type Sockets,
  SocketTables,
} from '../../../src/host/kernel/sockets.ts';
import { temporary } from '../../temporary.ts';

const test = suite('sockets');

const folder = temporary('sockets');

const parsed = (parse: typeof parseTcp, text: string): Sockets => {
  const into = noSockets();
  parse(text, into);
  return into;
};

// written by a kernel 6.1
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000002 00:00000000 00000000 61184        0 21347 1 0000000000000000 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20113 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000 61184        0 21399 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:C350 0100007F:1F40 01 00000000:00000000 00:00000000 00000000    33        0 21398 1 0000000000000000 20 4 30 10 -1
   4: 0100007F:1F40 0100007F:C352 08 00000001:00000000 00:00000000 00000000 61184        0 21401 1 0000000000000000 20 4 30 10 -1
   5: 0100007F:C354 0100007F:1F40 06 00000000:00000000 03:0000176F 00000000     0        0 0 3 0000000000000000
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20114 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F41 0000000000000000FFFF00000100007F:C360 01 00000000:00000000 00:00000000 00000000     0        0 22000 1 0000000000000000 20 4 0 10 -1
`;
const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 20991 /run/cgipool/a/1/sock
0000000000000000: 00000003 00000000 00000000 0001 03 20995 /run/cgipool/a/1/sock
0000000000000000: 00000002 00000000 00000000 0001 02     0 /run/cgipool/a/1/sock
0000000000000000: 00000003 00000000 00000000 0001 03 20994
0000000000000000: 00000003 00000000 00000000 0001 03 17001 /run/dbus/system_bus_socket
`;

const openOf = ({ connections }: Sockets, key: string): number =>
  (connections.get(key) ?? []).filter(each => each.isOpen).length;
const waitingOf = ({ connections }: Sockets, key: string): number =>
  (connections.get(key) ?? []).filter(isWaiting).length;
const heldOf = ({ connections }: Sockets, key: string): string[] =>
  (connections.get(key) ?? []).filter(each => !isWaiting(each)).map(each => each.inode);

test('the TCP table has listeners, open connections, and those that the worker still holds', () => {
  const sockets = parsed(parseTcp, TCP);
  assert.deepEqual([...sockets.listening], [8000, 80]);
  assert.deepEqual([...sockets.connections.keys()], ['8000']);
  assert.equal(openOf(sockets, '8000'), 1);
  assert.deepEqual(heldOf(sockets, '8000'), ['21399', '21401']);
});

test('the TCP table has the uid of a client on this machine', () => {
  const { connections } = parsed(parseTcp, TCP);
  assert.deepEqual(
    connections.get('8000')?.map(each => each.client),
    [33, null],
  );
});

/** Lines of a table: both ends, state and uid. */
const table = (...lines: [local: string, remote: string, state: string, uid: number][]): string =>
  lines
    .map(
      ([local, remote, state, uid], i) =>
        `   ${i}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid}        0 ${700 + i} 1 0\n`,
    )
    .join('');
const NOBODY = '00000000:0000';
const [WORKER, NGINX, MALLORY] = [61184, 33, 1001];

test('a connection from a port that nginx dials from is not taken for one of nginx', () => {
  const text = table(
    ['0100007F:1F40', NOBODY, '0A', WORKER],
    ['0100007F:1F40', '0100007F:C350', '01', WORKER],
    ['0100007F:1F40', '0200007F:C350', '01', WORKER],
    ['0200007F:C350', '0100007F:1F40', '01', MALLORY],
    ['0100007F:C350', '0100007F:1F40', '01', NGINX],
  );
  const clients = parsed(parseTcp, text)
    .connections.get('8000')
    ?.map(each => each.client);
  assert.deepEqual(clients, [NGINX, MALLORY]);
});

for (const [what, nginx] of [
  ['an address', '0100007F:0050'],
  ['any address', '00000000:0050'],
] as const)
  test(`a connection to nginx from a port of a pool is none to a worker: nginx listens on ${what}`, () => {
    const text = table(
      ['0100007F:1F40', NOBODY, '0A', WORKER],
      [nginx, NOBODY, '0A', 0],
      ['0200007F:1F40', '0100007F:0050', '01', MALLORY],
      ['0100007F:0050', '0200007F:1F40', '01', NGINX],
    );
    assert.equal(parsed(parseTcp, text).connections.get('8000'), undefined);
  });

test('the IPv6 table parses like that of IPv4', () => {
  const sockets = parsed(parseTcp, TCP6);
  assert.deepEqual([[...sockets.listening], openOf(sockets, '8001')], [[80], 1]);
});

const listener = (address: string, uid: number): string =>
  `   0: ${address}:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 ${uid}        0 1 1 0 100 0 0 10 0\n`;
const [OWN, ANY, ANY6, MAPPED, OTHER] = [
  ...['0100007F', '00000000', '0'.repeat(32), '0000000000000000FFFF00000100007F', '0A00000A'],
] as [string, string, string, string, string];

/** Listeners, and the uids of those that a connection to 127.0.0.1:8000 reaches. */
const REACHED: [lines: [address: string, uid: number][], uids: number[]][] = [
  [[[OWN, 1000]], [1000]],
  [[[ANY, 1000]], [1000]],
  [[[ANY6, 1000]], [1000]],
  [[[MAPPED, 1000]], [1000]],
  [[[OTHER, 1000]], []],
  [[['0'.repeat(31).concat('1'), 1000]], []],
  [
    [
      [OWN, 1000],
      [ANY6, 7],
    ],
    [1000],
  ],
  [
    [
      [ANY6, 7],
      [OWN, 1000],
    ],
    [1000],
  ],
  [
    [
      [ANY, 7],
      [OTHER, 1000],
    ],
    [7],
  ],
  [
    [
      [OWN, 1000],
      [OWN, 1001],
    ],
    [1000, 1001],
  ],
];

for (const [lines, uids] of REACHED)
  test(`uids ${uids.join(', ') || 'none'} listen at 127.0.0.1: ${lines.map(each => each.join(' ')).join(', ')}`, () => {
    const text = lines.map(([address, uid]) => listener(address, uid)).join('');
    const { listeners, listening } = parsed(parseTcp, text);
    assert.deepEqual([...(listeners.get(8000)?.uids ?? [])], uids);
    assert.ok(listening.has(8000));
  });

test('the table of unix sockets has waiting and accepted connections by path', () => {
  const sockets = parsed(parseUnix, UNIX);
  const path = '/run/cgipool/a/1/sock';
  assert.deepEqual([openOf(sockets, path), waitingOf(sockets, path)], [2, 1]);
  assert.deepEqual(heldOf(sockets, path), ['20995']);
});

test('only connections that count are tracked, and each as long as the worker holds it', () => {
  const tracker = new ConnectionTracker();
  const at = (client: number | null, isOpen = true) => [{ inode: '7', isOpen, client }];
  const track = (list: ReturnType<typeof at>, now: number) =>
    tracker.track(new Map([['8000', list]]), client => client === 33, now)('8000');
  assert.deepEqual(track(at(1000), 1000), { ended: null, oldest: null }, 'of another user');
  assert.deepEqual(track(at(33), 2000), { ended: 0, oldest: 0 });
  assert.deepEqual(
    track(at(null, false), 5000),
    { ended: 0, oldest: 3000 },
    'closed by nginx, still held by the worker',
  );
  assert.deepEqual(track([], 6000), { ended: 1, oldest: null });
});

test('all connections to a socket file are tracked: their clients are unknown, and nobody else may dial it', () => {
  const tracker = new ConnectionTracker();
  const connection = { inode: '7', isOpen: true, client: null };
  const track = (now: number) =>
    tracker.track(new Map([['/run/cgipool/a/1/sock', [connection]]]), client => client === 33, now);
  track(1000);
  assert.deepEqual(track(4000)('/run/cgipool/a/1/sock'), { ended: 0, oldest: 3000 });
});

test('empty tables and truncated lines have no connections', () => {
  for (const text of ['', '\n', TCP.split('\n', 1)[0] ?? '', `${TCP.split('\n', 1)[0]}\n   0: 0100007F:1F`])
    assert.equal(parsed(parseTcp, text).connections.size, 0);
  assert.equal(parsed(parseUnix, 'Num\n0000: 00000003 0000').connections.size, 0);
});

async function serve(at: object): Promise<{ server: Server; accepted: Socket[] }> {
  const accepted: Socket[] = [];
  const server = createServer(socket => accepted.push(socket)).listen(at);
  await once(server, 'listening');
  return { server, accepted };
}

/** Opens connections and waits until they are accepted. */
async function open(number: number, target: object, accepted: Socket[]): Promise<Socket[]> {
  const sockets = Array.from({ length: number }, () => connect(target as { path: string }));
  await Promise.all(sockets.map(socket => once(socket, 'connect')));
  while (accepted.length < number) await new Promise(setImmediate);
  return sockets;
}

async function tracks(at: { host: string; port: number } | { path: string }): Promise<void> {
  const { server, accepted } = await serve(at);
  const port = (server.address() as AddressInfo).port;
  const [target, key] = port
    ? [{ host: '127.0.0.1', port }, String(port)]
    : [at, (at as { path: string }).path];
  const count = async (): Promise<number> => openOf(new SocketTables().read(), key);
  const waiting = async (): Promise<number> => waitingOf(new SocketTables().read(), key);
  const tracker = new ConnectionTracker();
  const progress = async (now: number): Promise<ConnectionFlow> =>
    tracker.track(new SocketTables().read().connections, () => true, now)(key);
  if (port) assert.ok(new SocketTables().read().listening.has(port));
  assert.deepEqual([await count(), await progress(1000)], [0, { ended: null, oldest: null }]);
  const clients = await open(3, target, accepted);
  try {
    assert.equal(await waiting(), 0);
    assert.deepEqual([await count(), await progress(2000)], [3, { ended: 0, oldest: 0 }]);
    assert.deepEqual(await progress(2500), { ended: 0, oldest: 500 });
    accepted[0]?.destroy();
    while ((await count()) !== 2) await new Promise(setImmediate);
    assert.deepEqual(await progress(3000), { ended: 1, oldest: 1000 }, 'the worker ended one');
  } finally {
    for (const socket of [...clients, ...accepted]) socket.destroy();
    server.close();
  }
  await once(server, 'close');
  assert.ok(!new SocketTables().read().listening.has(port));
}

test('the connections of a real TCP listener are counted and tracked', () =>
  tracks({ host: '127.0.0.1', port: 0 }));
test('the connections of a real IPv6 listener are counted and tracked', () =>
  tracks({ host: '::', port: 0 }));
test('the connections of a real unix socket are counted and tracked', () =>
  tracks({ path: join(folder, 'sock') }));

const HUNG = `
import socket, sys
s = socket.socket(socket.AF_UNIX if sys.argv[1] != 'tcp' else socket.AF_INET)
s.bind(sys.argv[1] if sys.argv[1] != 'tcp' else ('127.0.0.1', 0))
s.listen(8)
print(s.getsockname() if sys.argv[1] != 'tcp' else s.getsockname()[1], flush=True)
sys.stdin.read()
`;

test('connections to a hung worker count as waiting', async () => {
  for (const where of ['tcp', join(folder, 'hung')]) {
    const worker = spawn('python3', ['-c', HUNG, where], { stdio: ['pipe', 'pipe', 'inherit'] });
    const key = String((await once(worker.stdout, 'data'))[0]).trim();
    const target = where === 'tcp' ? { host: '127.0.0.1', port: Number(key) } : { path: where };
    const clients = await open(2, target, new Array(2));
    const sockets = new SocketTables().read();
    assert.deepEqual([openOf(sockets, key), waitingOf(sockets, key)], [2, 2], where);
    for (const socket of clients) socket.destroy();
    worker.stdin.end();
    await once(worker, 'exit');
  }
});

test.run();
