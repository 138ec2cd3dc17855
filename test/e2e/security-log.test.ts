import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, tickSoon, untilProblem } from './workers/workers.ts';

/*
 * A local user waits for a restart of the controller to bind the port to which nginx sends its log.
 */
const test = suite("e2e: attacks on the port of nginx's log");

const machine = machineFor(test, 'log-socket', async m => {
  await m.write('/srv/thief.py', THIEF);
  await m.run('useradd --system mallory; mkdir -p /srv/loot; chown mallory /srv/loot');
  await tickSoon(m);
  await addPool(m, 'web', '8000-8003', '[Scale]\nRequests=1000\nStableWindow=2s\n');
  await m.install('--no-samples');
  await m.serving('web', 1);
});

/** Binds the port as soon as possible, and stores what it receives. */
const THIEF = `#!/usr/bin/python3
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# systemd asks for it too: two that do may share a port of UDP, and the later one gets what is sent there
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
while True:
    try:
        s.bind(("127.0.0.1", 299))
        break
    except OSError: pass
open("/srv/loot/log", "w").close()
while True:
    with open("/srv/loot/log", "ab") as loot: loot.write(s.recv(65536))
`;

/** Shares the port with nobody. */
const HOLDER = `import socket, signal
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 299))
signal.pause()
`;

const secretOf = (m: Machine): Promise<string> => m.run('cat /var/lib/cgipool/secret');

const requests = (m: Machine, count: number): Promise<string> =>
  m.run(`for i in $(seq ${count}); do curl -s -o /dev/null localhost/web; done`);

test('restarts and crashes of the controller never free its log port, and no log line is lost', async () => {
  const m = await machine();
  await m.run('systemd-run --quiet --unit thief --uid mallory /usr/bin/python3 /srv/thief.py');
  for (const how of ['systemctl restart cgipool', 'systemctl kill -s KILL cgipool.service']) {
    await m.run(how);
    await requests(m, 5);
    await m.await('cgipool status');
  }
  await m.until('web', p => (p.traffic?.rate ?? 0) > 0, 20).catch(() => requests(m, 20));
  await requests(m, 20);
  await m.until('web', p => (p.traffic?.rate ?? 0) > 0, 20);
  assert.equal((await m.attempt('ls /srv/loot/log')).code, 2, 'the other program never had the port');
  await m.run('systemctl stop thief');
});

test('log lines do not start a stopped controller', async () => {
  const m = await machine();
  await m.run('systemctl stop cgipool');
  await m.run('for i in $(seq 50); do echo x >/dev/udp/127.0.0.1/299; done; sleep 0.5');
  assert.equal((await m.attempt('systemctl is-active cgipool')).out, 'inactive');
  await m.run('systemctl start cgipool');
  await m.serving('web', 1);
});

test('an install with changes renews the secret of nginx and the controller', async () => {
  const m = await machine();
  const before = await secretOf(m);
  await m.run("sed -i 's/^StableWindow=.*/StableWindow=3s/' /etc/cgipool/web.pool; cgipool install");
  await addPool(m, 'more', '8010-8011', '');
  await m.run('cgipool install');
  const after = await secretOf(m);
  assert.notEqual(after, before);
  assert.match(await m.run('cat /etc/nginx/cgipool/access.conf'), new RegExp(`tag=cgipool_${after}`));
  await m.serving('web', 1);
  await requests(m, 20);
  await m.until('web', p => (p.traffic?.rate ?? 0) > 0, 20);
  await m.run(
    `for i in $(seq 20); do printf '<190>Nov 24 20:00:00 cgipool_${before}: 127.0.0.1:8000\\t200\\t0.012\\tGET\\t/forged' >/dev/udp/127.0.0.1/299; done`,
  );
  assert.equal(
    await m.run('cgipool install'),
    'nothing to change\nmore: 1 of 1 healthy\nweb: 1 of 1 healthy',
  );
  assert.equal(await secretOf(m), after, 'an install without changes keeps the secret');
});

test('a log port that a program of root uses is reported, and used once it is free', async () => {
  const m = await machine();
  await m.run('systemctl stop cgipool cgipool-log.socket cgipool-log.service');
  await m.write('/srv/holder.py', HOLDER);
  await m.run('systemd-run --quiet --unit holder /usr/bin/python3 /srv/holder.py');
  await m.await("ss -Hulpn 'sport = :299' | grep python3");
  await m.attempt('systemctl start cgipool');
  await untilProblem(m, text => text.includes("cannot read nginx's log at 127.0.0.1:299 (bind EACCES"));
  await m.run('systemctl stop holder; systemctl restart cgipool');
  await untilProblem(m, text => text === '');
  await requests(m, 20);
  await m.until('web', p => (p.traffic?.rate ?? 0) > 0, 20);
});

test.run();
