import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';
import { tickSoon } from './workers/workers.ts';

/*
 * What others of the machine, and workers of other pools, can do to a worker's port past nginx.
 */
const test = suite('e2e: the ports of other pools');

/** Lines of [Pool] and [Service], by pool: the ways in which docs/security.md closes ports to a worker. */
const DIALLERS: Readonly<Record<string, { listen: string; service: string }>> = {
  plain: { listen: 'Ports=8510', service: '' },
  'unix-alone': { listen: 'Listen=unix', service: 'PrivateNetwork=yes' },
  'fd-alone': { listen: 'Listen=fd\nPorts=8511', service: 'PrivateNetwork=yes' },
  'unix-denied': { listen: 'Listen=unix', service: 'IPAddressDeny=localhost' },
};

const dialler = (name: string, { listen, service }: { listen: string; service: string }): string =>
  `[Pool]\nExec=/usr/bin/python3 /srv/dial.py\n${listen}\n[Nginx]\nLocation=/${name}\n[Service]\n${service}\n`;

/** Two instances, each with a target of two requests. */
const VICTIM = echoPool({ ports: '8500-8503', min: 2, max: 4, location: '/victim' }).replace(
  '[Health]',
  '[Scale]\nCPU=none\nConcurrency=2\n[Health]\nRequestTimeout=2s',
);

const machine = machineFor(test, 'network', async m => {
  await bringEcho(m);
  await m.run('install -m 644 test/e2e/programs/dial.py /srv/dial.py; useradd --system mallory');
  await m.pool('victim', VICTIM);
  for (const [name, lines] of Object.entries(DIALLERS)) await m.pool(name, dialler(name, lines));
  await tickSoon(m);
  await m.install('--no-samples');
  await m.serving('victim', 2);
});

/** What a worker of a pool meets at a port. */
const met = async (m: Machine, pool: string, port: number): Promise<string> => {
  await m.serving(pool, 1);
  return m.run(`curl -sS --fail-with-body -m 10 'http://localhost/${pool}?port=${port}'`);
};

for (const pool of Object.keys(DIALLERS).filter(name => name !== 'plain'))
  test(`a worker of ${pool} answers nginx, and reaches no port of other pools or of nginx`, async () => {
    const m = await machine();
    assert.equal(await met(m, 'plain', 8500), 'reached', 'there is something to reach');
    assert.match(await met(m, pool, 8500), /^(ConnectionRefused|Permission|Timeout)Error/);
    assert.match(await met(m, pool, 80), /^(ConnectionRefused|Permission|Timeout)Error/);
  });

/** A user's connections to all workers of the victim, each in the middle of a request, until the test ends. */
const HOLD = `/usr/bin/python3 -c '
import socket, time
held = [socket.create_connection(("127.0.0.1", port)) for port in (8500, 8501) for _ in range(40)]
for one in held: one.sendall(b"GET /victim/stream HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
open("/srv/loot/held", "w").close()
time.sleep(600)'`;

/** Asserts that what a user holds for so many seconds has no consequence for the victim. */
async function holdInVain(m: Machine, seconds: number): Promise<void> {
  const before = await m.serving('victim', 2);
  await m.run('mkdir -p /srv/loot; chown mallory /srv/loot; rm -f /srv/loot/held');
  await m.run(`systemd-run --quiet --unit holder --uid mallory ${HOLD}`);
  await m.await('ls /srv/loot/held');
  await m.run(`sleep ${seconds}`);
  const after = await m.poolStatus('victim');
  await m.run('systemctl stop holder');
  const lives = (pool: typeof after): string[] => pool.instances.map(i => `${i.slot} ${i.pid}`);
  assert.deepEqual(lives(after), lives(before));
  assert.equal(after.desired, 2);
  assert.doesNotMatch(await m.run('journalctl -u cgipool -o cat'), /it has held a request/);
}

test('connections that a user holds past nginx neither restart a worker nor scale its pool', async () =>
  // several times RequestTimeout=, and many ticks
  holdInVain(await machine(), 8));

test('nor do they while nginx is down', async () => {
  const m = await machine();
  await m.serving('victim', 2);
  await m.run('systemctl stop nginx');
  // the controller asks for nginx's users every 10 s
  await holdInVain(m, 16);
  await m.run('systemctl start nginx');
});

test('the same connections through nginx do restart and scale', async () => {
  const m = await machine();
  await m.run(
    `(for i in $(seq 12); do curl -s -m 15 -o /dev/null localhost/victim/stream & done; wait) >/dev/null 2>&1 &`,
  );
  await m.await("journalctl -u cgipool -o cat -g 'it has held a request for'");
  // those that last longer than RequestTimeout= are gone with their instances, perhaps before a tick: short ones, without a pause
  const load = m.load('http://localhost/victim', '--concurrent 12 --seconds 20');
  await m.until('victim', p => p.desired === 4, 20);
  await load;
});

test('cgipool check names the ports that are open past nginx, and workers that nginx cannot reach', async () => {
  const m = await machine();
  const ports = ['fd-alone 127.0.0.1:8511', 'plain 127.0.0.1:8510', 'victim 127.0.0.1:8500-8503'];
  const { out } = await m.attempt('cgipool check');
  const open = out.split('\n').find(line => line.startsWith('open to all local users past nginx')) ?? '';
  assert.equal(open.split('): ')[1], ports.join('; '));
  await m.write('/srv/lost.pool', dialler('lost', { listen: 'Ports=8520', service: 'PrivateNetwork=yes' }));
  assert.match(
    (await m.attempt('cgipool check /srv/lost.pool')).err,
    /^warning: lost\.pool:7: PrivateNetwork= hides .*: use Listen=unix or Listen=fd$/m,
  );
});

test.run();
