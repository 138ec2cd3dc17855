import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';
import { addPool, tickSoon } from './workers/workers.ts';

/*
 * A local user cannot dial the socket file of a worker, but makes it look as if somebody did, and for long.
 */
const test = suite('e2e: forged connections to the socket files of workers');

const machine = machineFor(test, 'forger', async m => {
  await m.run('useradd --system mallory');
  await m.write('/srv/names.py', NAMES);
  await m.write('/srv/namespace.py', NAMESPACE);
  await tickSoon(m);
  const more = '[Scale]\nCPU=none\nConcurrency=2\nStableWindow=2s\n[Health]\nRequestTimeout=2s\n';
  await addPool(m, 'shut', 'Listen=fd\nSlots=1-4', more);
  await bringEcho(m);
  const nginx = '[Health]\nRequestTimeout=2s';
  await m.pool('echo', echoPool({ location: '/echo', listen: 'Listen=unix', max: 2, nginx }));
  await m.install('--no-samples');
  for (const pool of ['shut', 'echo']) await m.serving(pool, 1);
});

const PATH = '/run/cgipool/shut/1/sock';

/** Abstract names with a line break in them, after which the kernel's own text seems to go on. */
const NAMES = `import signal, socket
kept = []
for i in range(40):
    kept.append(socket.socket(socket.AF_UNIX))
    line = f"{i:016}: 00000003 00000000 00000000 0001 03 {70000 + i} ${PATH}"
    kept[-1].bind(b"\\0" + b"x" * (i % 3) + b"\\n" + line.encode())
open("/tmp/forged", "w").close()
signal.pause()
`;

/** A socket of the same name in a mount namespace of one's own, and connections to it. */
const NAMESPACE = `import os, signal, socket
os.makedirs(os.path.dirname("${PATH}"))
server = socket.socket(socket.AF_UNIX)
server.bind("${PATH}")
server.listen(64)
kept = []
for i in range(40):
    kept.append(socket.socket(socket.AF_UNIX))
    kept[-1].connect("${PATH}")
    kept.append(server.accept())
open("/tmp/forged", "w").close()
signal.pause()
`;

const shown = (m: Machine): Promise<string> => m.run(`grep -c ' 03 [0-9]* ${PATH}$' /proc/net/unix || :`);
const same = (p: PoolStatus): string => `${p.desired} desired, ${p.instances.map(i => i.pid)}`;

for (const [what, command] of [
  ['names with line breaks', '/usr/bin/python3 /srv/names.py'],
  [
    'sockets in a mount namespace',
    '/usr/bin/unshare -Urm /bin/sh -c "mount -t tmpfs none /run && exec /usr/bin/python3 /srv/namespace.py"',
  ],
] as const)
  test(`${what} of another user scale no pool and have no worker replaced`, async () => {
    const m = await machine();
    const before = await m.serving('shut', 1);
    await m.run(`rm -f /tmp/forged; systemd-run --quiet --unit forger --uid mallory ${command}`);
    await m.await('ls /tmp/forged');
    assert.ok(Number(await shown(m)) >= 40, 'they are in /proc/net/unix');
    // longer than RequestTimeout=, and than the windows of [Scale]
    await m.run('sleep 6');
    const after = await m.poolStatus('shut');
    assert.equal(same(after), same(before));
    assert.equal(after.instances[0]?.connections, 0);
    await m.run('systemctl stop forger');
  });

test('a request that a worker behind a socket file holds for too long is seen all the same', async () => {
  const m = await machine();
  const before = await m.serving('echo', 1);
  const held = m.attempt('curl -s -m 20 http://localhost/echo/stream');
  await m.await("journalctl -u cgipool -o cat -g 'it has held a request for'", 20);
  await m.until(
    'echo',
    p => p.healthy === 1 && p.instances.every(i => i.pid !== before.instances[0]?.pid),
    20,
  );
  await held;
});

test.run();
