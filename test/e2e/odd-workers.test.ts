import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { code } from './workers/workers.ts';

/* Programs that start, listen or end as a worker should not: each is named with its cure. */
const test = suite('e2e: odd workers');

/** Holds a connection from a port of 127.0.0.1 that a worker is to listen on. */
const HOLDER = `import socket, sys, time
server = socket.create_server(("127.0.0.1", 7999))
client = socket.create_connection(("127.0.0.1", 7999), source_address=("127.0.0.1", int(sys.argv[1])))
time.sleep(3600)
`;

interface Odd {
  /** What odd.py does, or the whole command line. */
  how: string;
  slots: string;
  more?: string;
}

/** Programs that do not come up, and what status says. */
const DOWN: Record<string, Odd & { words: RegExp }> = {
  background: {
    how: 'background',
    slots: 'Ports=8100-8101',
    words: /it exited with status 0, and a worker stays in the foreground/,
  },
  ipv6: {
    how: 'ipv6',
    slots: 'Ports=8110',
    words: /slot 8110: it listens on \[::1\]:8110, and not on 127\.0\.0\.1:8110: have it listen there/,
  },
  next: {
    how: 'next',
    slots: 'Ports=8120-8121\nMax=1',
    words: /slot 8120: it listens on 127\.0\.0\.1:8121, and not on 127\.0\.0\.1:8120/,
  },
  outgoing: {
    how: 'well',
    slots: 'Ports=8130',
    words: /slot 8130: an outgoing connection has its port: choose Ports= outside of/,
  },
  file: {
    how: 'file',
    slots: 'Listen=unix',
    more: '[Service]\nUMask=0077\n',
    words: /its socket file has mode 0700, which closes it to nginx: set UMask=0007/,
  },
};

/** Programs that serve. */
const UP: Record<string, Odd> = {
  'no-reuse': { how: 'no-reuse', slots: 'Ports=8200' },
  shell: { how: '/srv/start.sh %i', slots: 'Ports=8210-8213' },
  'shell-group': {
    how: '/srv/start.sh %i',
    slots: 'Ports=8220-8223',
    more: '[Service]\nKillMode=control-group\n',
  },
  ignores: { how: 'ignores', slots: 'Ports=8230-8239', more: '[Service]\nTimeoutStopSec=1\n' },
  'shell-trap': { how: '/srv/trap.sh %i', slots: 'Ports=8250-8253' },
  'shell-exec': { how: '/srv/exec.sh %i', slots: 'Ports=8240-8243' },
};

const SOON = '[Health]\nStartTimeout=3s\n';

const add = (m: Machine, name: string, { how, slots, more = '' }: Odd): Promise<string> => {
  const exec = how.startsWith('/') ? how : `/srv/odd.py %i ${how}`;
  return m.pool(name, `[Pool]\nExec=${exec}\n${slots}\n[Nginx]\nLocation=/${name}\n${SOON}${more}`);
};

const machine = machineFor(test, 'odd-workers', async m => {
  await m.run('mkdir -p /srv; cp test/e2e/workers/odd.py /srv/');
  await m.write('/srv/holder.py', HOLDER);
  await m.write('/srv/start.sh', '#!/bin/sh\n/srv/odd.py "$1" well\necho ended\n');
  await m.write('/srv/exec.sh', '#!/bin/sh\nexec /srv/odd.py "$1" well\n');
  await m.write('/srv/trap.sh', '#!/bin/sh\ntrap "kill \\$!; wait" TERM\n/srv/odd.py "$1" well &\nwait\n');
  await m.run('chmod +x /srv/*.sh; systemd-run --unit holder python3 /srv/holder.py 8130');
  await m.await('ss -Htn state established src 127.0.0.1:8130 | grep .');
  await m.install('--no-samples');
  for (const [name, odd] of Object.entries({ ...DOWN, ...UP })) await add(m, name, odd);
  await m.run('cgipool install --no-wait');
  for (const name of Object.keys(UP)) await m.serving(name, 1, 60);
});

const problems = async (m: Machine, name: string): Promise<string> =>
  (await m.poolStatus(name)).problems.join('\n');

for (const [name, { words }] of Object.entries(DOWN))
  test(`status and why tell what is odd about ${name}, with the cure`, async () => {
    const m = await machine();
    await m.until(name, p => words.test(p.problems.join('\n')), 60);
    assert.match(await m.run(`cgipool why ${name}`), words);
  });

test('once the outgoing connection has ended, the pool serves and nothing is said of it', async () => {
  const m = await machine();
  await m.run('systemctl stop holder');
  await m.serving('outgoing', 1, 60);
  assert.equal(await problems(m, 'outgoing'), '');
});

test('a program without SO_REUSEADDR is named while closed connections keep its port, and then serves', async () => {
  const m = await machine();
  // nginx closes after the worker, which so has the connections in TIME_WAIT
  await m.run('for i in 1 2 3; do curl -sf http://localhost/no-reuse; done');
  await m.signal('KILL', 'no-reuse', 8200);
  const words =
    /slot 8200: \d+ closed connections keep its port \(TIME_WAIT\) from a program that does not set SO_REUSEADDR/;
  await m.until('no-reuse', p => words.test(p.problems.join('\n')), 30);
  await m.serving('no-reuse', 1, 180);
  assert.equal(await problems(m, 'no-reuse'), '');
});

test('a shell above the server is named, unless the server gets SIGTERM as well, or takes its place', async () => {
  const m = await machine();
  await m.until('shell', p => p.problems.length > 0);
  assert.match(
    await problems(m, 'shell'),
    /^the main process of slot 8210 is a shell, so a stop kills the server below it along with its requests: start the server with exec/,
  );
  for (const name of ['shell-group', 'shell-exec', 'shell-trap']) {
    await m.serving(name, 1);
    assert.equal(await problems(m, name), '', name);
  }
});

test('stops that need SIGKILL are counted in status, and named from the third on', async () => {
  const m = await machine();
  for (const kills of [1, 2, 3]) {
    await m.run('cgipool scale ignores 2');
    await m.serving('ignores', 2);
    await m.run('cgipool scale ignores 1');
    await m.until('ignores', p => p.killed >= kills);
    await m.serving('ignores', 1);
  }
  assert.match(
    await problems(m, 'ignores'),
    /^3 stops of the last hour needed SIGKILL after TimeoutStopSec=1: the program does not end at SIGTERM/,
  );
  assert.equal(await code(m, '/ignores'), '200');
});

const CAPABLE =
  '[Service]\nPrivateUsers=no\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n';

test('a port below 1024 is for systemd, or for a worker with the capability, and check says so', async () => {
  const m = await machine();
  await add(m, 'low', { how: 'well', slots: 'Ports=700-701' });
  await add(m, 'low-fd', { how: 'well', slots: 'Listen=fd\nPorts=710-711' });
  await add(m, 'low-capable', { how: 'well', slots: 'Ports=720-721', more: CAPABLE });
  const { err } = await m.attempt('cgipool check');
  assert.match(
    err,
    /low\.pool: Ports= has 700-701, which a worker may not have without CAP_NET_BIND_SERVICE .*: use Listen=fd, or/,
  );
  assert.doesNotMatch(err, /low-(fd|capable)\.pool: Ports=/);
  await m.run('rm /etc/cgipool/low.pool; cgipool install --no-wait');
  await m.serving('low-capable', 1, 30);
  await m.run('rm /etc/cgipool/low-*.pool; cgipool install --no-wait');
});

test('check warns of what can be seen in the files: UMask=, and ports of outgoing connections', async () => {
  const m = await machine();
  await add(m, 'ephemeral', { how: 'well', slots: 'Ports=40000-40001' });
  const { err } = await m.attempt('cgipool check');
  assert.match(err, /file\.pool:\d+: UMask=0077 closes the socket file of a worker to nginx/);
  assert.match(
    err,
    /ephemeral\.pool: Ports= has 40000-40001, which the kernel gives to outgoing connections too/,
  );
  await m.run('rm /etc/cgipool/ephemeral.pool');
});

test.run();
