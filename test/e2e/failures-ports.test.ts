import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code } from './workers/workers.ts';

const test = suite('e2e: ports that other programs use');
const machine = machineFor(test, 'failures-ports', async m => {
  await addPool(m, 'good', '8000-8003');
  await m.install('--no-samples');
});

const LISTEN = `import socket, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen()
time.sleep(3600)
`;

/** Another program that listens, in a unit of its own, so that it can be stopped. */
async function listen(m: Machine, address: string, port: number): Promise<void> {
  await m.write('/srv/listen.py', LISTEN);
  await m.run(
    `systemd-run --quiet --unit stranger-${port} /usr/bin/python3 /srv/listen.py ${address} ${port}`,
  );
  await m.await(`ss -Hltn sport = :${port} | grep ${port}`);
}

const leave = (m: Machine, ...ports: number[]): Promise<string> =>
  m.run(`systemctl stop ${ports.map(port => `stranger-${port}`).join(' ')}`);

test('a slot whose port another program uses, on any address, is skipped and reported', async () => {
  const m = await machine();
  await listen(m, '127.0.0.1', 8100);
  await listen(m, '0.0.0.0', 8101);
  await listen(m, '::', 8102);
  await addPool(m, 'web', '8100-8104', '');
  await m.run("sed -i 's/^Ports=/Min=2\\nPorts=/' /etc/cgipool/web.pool");
  await m.run('cgipool install');
  const pool = await m.serving('web', 2);
  assert.deepEqual(
    pool.instances.map(i => i.slot),
    [8103, 8104],
  );
  assert.deepEqual(pool.problems, [
    'a program of user root (uid 0) listens on 8100, 8101, 8102: stop it or change Ports=',
  ]);
  assert.equal(
    pool.instances.reduce((sum, i) => sum + i.restarts, 0),
    0,
  );
  assert.match(
    await m.run('cgipool status web'),
    /a program of user root \(uid 0\) listens on 8100, 8101, 8102/,
  );
  assert.equal(await code(m, '/web'), '200');
});

test('ports that other programs free are used again, and no longer reported', async () => {
  const m = await machine();
  await leave(m, 8100, 8101, 8102);
  await m.run('cgipool scale web 5');
  assert.deepEqual((await m.serving('web', 5)).problems, []);
});

test('a pool whose slots are all taken is reported, and comes up once they are free', async () => {
  const m = await machine();
  await listen(m, '127.0.0.1', 8200);
  await listen(m, '127.0.0.1', 8201);
  await addPool(m, 'full', '8200-8201');
  const { out } = await m.attempt('cgipool install');
  assert.match(
    out,
    /full: 0 of 1 healthy\n {2}a program of user root \(uid 0\) listens on 8200, 8201: stop it or change Ports=/,
  );
  assert.equal((await m.poolStatus('full')).state, 'down');
  assert.equal(await code(m, '/full'), '503');
  assert.equal(await code(m, '/good'), '200');
  assert.equal(
    await m.run("journalctl -q -o cat -u 'cgipool-full@*' | wc -l"),
    '0',
    'no start was attempted',
  );
  await leave(m, 8201);
  const pool = await m.serving('full', 1);
  assert.equal(pool.instances[0]?.slot, 8201);
  assert.equal(await code(m, '/full'), '200');
});

test('if another program takes the port of a dead worker, another slot serves', async () => {
  const m = await machine();
  await m.serving('good', 1);
  // the program cannot bind the port of a running worker: it waits for its death
  await m.run('systemctl stop cgipool.service; systemctl stop cgipool-good@8000');
  await listen(m, '127.0.0.1', 8000);
  await m.run('systemctl start cgipool.service');
  const pool = await m.serving('good', 1);
  assert.equal(pool.instances[0]?.slot, 8001);
  assert.deepEqual(pool.problems, [
    'a program of user root (uid 0) listens on 8000: stop it or change Ports=',
  ]);
  assert.equal(await code(m, '/good'), '200');
});

test('after a change of Ports= instances on old slots are replaced', async () => {
  const m = await machine();
  await leave(m, 8000);
  await m.run("sed -i 's/^Ports=.*/Ports=8010-8012/' /etc/cgipool/good.pool; cgipool install");
  const pool = await m.until('good', p => p.healthy === 1 && p.instances.every(i => i.slot >= 8010));
  assert.deepEqual(
    pool.instances.map(i => i.slot),
    [8010],
  );
  assert.equal(await code(m, '/good'), '200');
  assert.match(await m.run('cgipool why good'), /drain 8001: a newer instance serves in its place/);
});

test.run();
