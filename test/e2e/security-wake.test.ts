import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { machineFor } from './machine-for.ts';
import { AS_MALLORY, addMallory, asMallory, endMallory, startMallory } from './mallory.ts';
import { sleeper } from './sleeper.ts';
import { tickSoon } from './workers/workers.ts';

/*
 * A local user without rights, and pools that sleep: their wake sockets, and the ports that are free meanwhile.
 */
const test = suite('e2e: other users and pools that sleep');

const POOLS = ['tcp', 'sock'] as const;

const machine = machineFor(test, 'wake', async m => {
  await bringSearch(m);
  await addMallory(m);
  await m.pool('tcp', sleeper('/tcp', 'Ports=8000-8004'));
  await m.pool('sock', sleeper('/sock', 'Listen=unix'));
  await tickSoon(m);
  await m.install('--no-samples');
});

const isAsleep = (pool: PoolStatus): boolean => pool.state === 'asleep' && pool.instances.length === 0;

/** Waits until nginx sends to the wake socket, by the publish step's report. */
async function asleep(m: Machine, pool: string): Promise<void> {
  await m.until(pool, isAsleep, 40);
  await m.await(`grep -E '"live":[{][^}]*"${pool}":[[]0[]]' /run/cgipool-publish/result.json`);
}

/** How often pools woke so far. */
const wakes = async (m: Machine): Promise<number> =>
  Number(await m.run("journalctl -u cgipool -o cat | grep -c 'scale 0 -> 1' || true"));

/** Prints the errors of all attempts, each once. */
const DIAL = `
import socket, sys
said = set()
for _ in range(500):
    for path in sys.argv[1:]:
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET:
            try:
                s = socket.socket(socket.AF_UNIX, kind)
                s.connect(path)
                s.send(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                said.add('connected')
            except OSError as error: said.add(error.strerror)
            s.close()
print(*said)
`;

test('a wake socket refuses whoever is not nginx or the controller, and the pool sleeps on', async () => {
  const m = await machine();
  for (const pool of POOLS) await asleep(m, pool);
  const before = await wakes(m);
  const sockets = POOLS.map(pool => `/run/cgipool/${pool}.wake`);
  assert.equal(await asMallory(m, DIAL, ...sockets), 'Permission denied');
  assert.equal(await m.run("systemctl is-active 'cgipool-*.wake.service' || true"), '');
  assert.equal(await wakes(m), before);
});

/** Prints the names of what succeeds. */
const REPLACE = `
import os, socket
def bind(path): socket.socket(socket.AF_UNIX).bind(path)
def write(path): open(path, 'a').write('x')
for what, path in [
    (os.unlink, '/run/cgipool/tcp.wake'),
    (lambda path: os.rename(path, path + '2'), '/run/cgipool/tcp.wake'),
    (lambda path: os.chmod(path, 0o777), '/run/cgipool/tcp.wake'),
    (bind, '/run/cgipool/tcp.wake'),
    (bind, '/run/cgipool/mine.wake'),
    (write, '/run/cgipool-controller/awake/tcp'),
    (write, '/run/cgipool-controller/awake/mine'),
    (os.mkdir, '/run/cgipool/tcp'),
]:
    try:
        what(path)
        print('did', path)
    except OSError: pass
print('done')
`;

test('nor may anybody else replace a wake socket, or say where its requests go', async () => {
  const m = await machine();
  await asleep(m, 'tcp');
  assert.equal(await asMallory(m, REPLACE), 'done');
  assert.equal(await m.run('stat -c "%U %G %a" /run/cgipool/tcp.wake'), 'root cgipool-sockets 660');
});

test('nor may anybody else start or stop what belongs to a sleeping pool', async () => {
  const m = await machine();
  for (const pool of POOLS) await asleep(m, pool);
  const before = await wakes(m);
  const units = ['cgipool-tcp.wake.service', 'cgipool-tcp.wake.socket', 'cgipool-tcp@8000.service'];
  for (const verb of ['start', 'stop', 'restart'])
    for (const unit of units) {
      const { code, err } = await m.attempt(`${AS_MALLORY} systemctl --no-ask-password ${verb} ${unit}`);
      assert.notEqual(code, 0, `${verb} ${unit}`);
      assert.match(err, /authentication|Access denied|Permission denied/i, `${verb} ${unit}`);
    }
  assert.equal(await m.run('systemctl is-active cgipool-tcp.wake.socket'), 'active');
  assert.equal(await wakes(m), before);
});

/** Holds fifty connections to a port, each with a part of a request. */
const hold = (port: number, part: string): string => `
import socket, time
held = [socket.create_connection(('127.0.0.1', ${port})) for _ in range(50)]
for s in held: s.sendall(${JSON.stringify(part)}.encode())
open('/run/mallory/ready', 'w').close()
time.sleep(600)
`;

for (const [what, part] of [
  ['no head', 'GET /tcp?q=x HTTP/1.1\r\n'],
  ['no body', 'POST /tcp?q=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab'],
] as const)
  test(`requests of which nginx has ${what} yet do not wake a pool`, async () => {
    const m = await machine();
    for (const pool of POOLS) await asleep(m, pool);
    const before = await wakes(m);
    await startMallory(m, hold(80, part));
    // a whole one to the other pool comes later, and wakes it
    assert.match(await m.run("curl -sf -m 20 'http://localhost/sock?q=whole'"), /"query": *"whole"/);
    assert.equal(await wakes(m), before + 1);
    assert.ok(isAsleep(await m.poolStatus('tcp')));
    await endMallory(m);
  });

test('whoever holds connections to the port of an instance does not keep its pool awake', async () => {
  const m = await machine();
  await asleep(m, 'tcp');
  assert.match(await m.run("curl -sf -m 20 'http://localhost/tcp?q=mine'"), /"query": *"mine"/);
  const { instances } = await m.until('tcp', p => p.healthy === 1);
  await startMallory(m, hold(instances[0]?.slot ?? 0, 'GET /?q=x HTTP/1.1\r\n'));
  await asleep(m, 'tcp');
  await endMallory(m);
});

/** Takes all ports of the pool but one, answers everything, and notes the requests of clients. */
const SQUAT = `
import socket, threading
def squat(s):
    while True:
        client, _ = s.accept()
        said = client.recv(65536)
        if b'q=' in said: open('/run/mallory/loot', 'ab').write(said)
        client.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nyours')
        client.close()
servers = [socket.create_server(('127.0.0.1', port)) for port in range(8000, 8004)]
for server in servers: threading.Thread(target=squat, args=(server,)).start()
open('/run/mallory/ready', 'w').close()
`;

test('whoever takes the free ports of a sleeping pool gets no request that wakes it', async () => {
  const m = await machine();
  await asleep(m, 'tcp');
  await startMallory(m, SQUAT);
  for (let i = 0; i < 20; i++) {
    const answer = await m.run(`curl -sf -m 40 'http://localhost/tcp?q=secret${i}'`);
    assert.match(answer, /"query": *"secret/);
  }
  assert.equal(await m.run("curl -sf 'http://localhost:8000/?q=control'"), 'yours');
  const loot = await m.run('cat /run/mallory/loot');
  assert.deepEqual(loot.match(/q=\w+/g), ['q=control']);
  assert.match((await m.poolStatus('tcp')).problems.join(), /mallory/);
  await endMallory(m);
});

test.run();
