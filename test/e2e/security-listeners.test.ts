import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, underLoad } from './workers/workers.ts';

/*
 * A local user, or a broken worker, takes the port of an instance that dies, and waits there for requests.
 */
const test = suite('e2e: other users on the ports of workers');

const machine = machineFor(test, 'listeners', async m => {
  await m.write('/srv/squat.py', SQUATTER);
  await m.run('useradd --system mallory; mkdir -p /srv/loot; chown mallory /srv/loot');
  await addPool(m, 'web', '8000-8003', '[Scale]\nCPU=none\n');
  await m.run("sed -i 's/^Ports=/Min=2\\nMax=2\\nPorts=/' /etc/cgipool/web.pool");
  await m.install('--no-samples');
  await m.serving('web', 2);
});

/** Keeps trying to bind each port; counts requests with a secret in /srv/loot/PORT. */
const SQUATTER = `#!/usr/bin/python3
import socket, sys, threading
def squat(address, port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    while True:
        try:
            s.bind((address, port))
            s.listen(64)
            break
        except OSError: pass
    open(f"/srv/loot/{port}", "w").close()
    while True:
        client, _ = s.accept()
        try:
            said = client.recv(65536)
            if b"secret=" in said:
                with open(f"/srv/loot/{port}", "a") as loot: loot.write("x")
            client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nyours")
        except OSError: pass
        client.close()
for port in sys.argv[2:]: threading.Thread(target=squat, args=(sys.argv[1], int(port))).start()
`;

/** A user of the machine squats on ports until the test ends. */
async function squat(m: Machine, address: string, ...ports: number[]): Promise<void> {
  await leave(m);
  await m.run(
    `rm -f /srv/loot/*; systemd-run --quiet --unit squatter --uid mallory /usr/bin/python3 /srv/squat.py ${address} ${ports.join(' ')}`,
  );
}

const leave = (m: Machine): Promise<string> =>
  m.run('systemctl stop squatter 2>/dev/null; systemctl reset-failed squatter 2>/dev/null || true');

/** Requests with a secret that the squatter got. */
const stolen = async (m: Machine): Promise<number> =>
  (await m.run('cat /srv/loot/* 2>/dev/null || true')).trim().length;

test('a user who takes the port of a dead worker gets requests for a moment only', async () => {
  const m = await machine();
  const [first] = (await m.serving('web', 2)).instances;
  const port = first?.slot ?? 0;
  await squat(m, '127.0.0.1', port);
  const load = await underLoad(
    m,
    '/web?secret=7',
    async () => {
      await m.signal('KILL', 'web', port);
      await m.await(`ls /srv/loot/${port}`);
      await m.until(
        'web',
        pool => pool.instances.filter(i => i.published).length === 2 && pool.state === 'ok',
      );
      await m.run('sleep 1');
    },
    '--rate 100',
  );
  const lost = await stolen(m);
  console.log(`${lost} of ${load.total} requests reached the squatter`);
  // half of all would be its share, were it not seen; how long it is published depends on how busy the machine is
  assert.ok(lost > 0 && lost < load.total / 4, `${lost} of ${load.total}`);
  const before = await stolen(m);
  await m.run("for i in $(seq 80); do curl -s 'localhost/web?secret=7' >/dev/null; done");
  assert.equal(await stolen(m), before, 'none of 80 requests goes to the other program');
});

test('status, why and the journal name the user who listens on a slot', async () => {
  const m = await machine();
  const said = /user mallory \(uid \d+\) listens on/;
  const pool = await m.poolStatus('web');
  assert.match(pool.problems.join('\n'), said);
  assert.match(await m.run('cgipool status web'), said);
  assert.match(await m.run('cgipool why web'), said);
  assert.match(await m.run('journalctl -u cgipool -o cat'), said);
  await leave(m);
  await m.until('web', p => p.problems.length === 0, 30);
});

test('a program of another user on a slot never becomes healthy, even if it answers every probe', async () => {
  const m = await machine();
  await squat(m, '127.0.0.1', 8000, 8001, 8002, 8003);
  await m.run('cgipool restart web');
  for (const slot of [8000, 8001, 8002, 8003]) await m.attempt(`systemctl kill -s KILL cgipool-web@${slot}`);
  await m.await('test $(ls /srv/loot | wc -l) = 4', 30);
  await m.until('web', p => p.state === 'down' && p.instances.every(i => !i.published), 30);
  // an instance that is gone is not in the status, while nginx may still send to its slot
  await m.await(`! grep -E '"web":[[]8' /run/cgipool-publish/result.json`, 30);
  const before = await stolen(m);
  await m.run("for i in $(seq 40); do curl -s 'localhost/web?secret=7' >/dev/null; done");
  assert.equal(await stolen(m), before);
  await leave(m);
  await m.serving('web', 2, 60);
});

test('a program on 127.0.0.1 is not taken for the worker that listens on ::1', async () => {
  const m = await machine();
  await m.write(
    '/srv/six.py',
    `import http.server, socket, sys
class Six(http.server.HTTPServer): address_family = socket.AF_INET6
Six(("::1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
`,
  );
  await m.pool('six', '[Pool]\nExec=/usr/bin/python3 /srv/six.py %i\nPorts=8050\n[Nginx]\nLocation=/six\n');
  await m.run('cgipool install --no-wait');
  await m.await('ss -Hltn sport = :8050 | grep ::1');
  await squat(m, '127.0.0.1', 8050);
  await m.until('six', p => p.problems.join().includes('mallory'), 30);
  await m.run("for i in $(seq 20); do curl -s 'localhost/six?secret=7' >/dev/null; done");
  assert.equal(await stolen(m), 0);
  await m.run('rm /etc/cgipool/six.pool; cgipool install');
  await leave(m);
});

test('with Listen=fd no other program can take the port, even during a restart without a spare slot', async () => {
  const m = await machine();
  await addPool(m, 'held', 'Listen=fd\nPorts=8060');
  await m.run('cgipool install');
  await m.serving('held', 1);
  await squat(m, '127.0.0.1', 8060);
  const load = await underLoad(
    m,
    '/held?secret=7',
    async () => {
      for (let i = 0; i < 3; i++) {
        const before = (await m.serving('held', 1)).instances[0]?.pid;
        await m.run('cgipool restart held');
        await m.until('held', p => p.instances.length === 1 && p.instances[0]?.pid !== before, 20);
        await m.serving('held', 1);
      }
      await m.signal('KILL', 'held', 8060);
      await m.serving('held', 1);
    },
    '--rate 50',
  );
  assert.equal(await stolen(m), 0);
  assert.equal((await m.attempt('ls /srv/loot/8060')).code, 2, 'the other program never had the port');
  // without a spare slot nginx answers 503 for the moment, and 502 to what the killed worker had in flight
  const others = Object.keys(load.statuses).filter(status => !['200', '502', '503'].includes(status));
  assert.deepEqual(others, [], load.summary);
  await leave(m);
});

test.run();
