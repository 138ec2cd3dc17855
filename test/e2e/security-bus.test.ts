import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, behave } from './workers/workers.ts';

/*
 * A local user floods the bus, systemd answers late, the controller's loop hangs: supervision continues.
 */
const test = suite('e2e: attacks by D-Bus, and a hung controller');

const machine = machineFor(test, 'bus-lever', async m => {
  await m.write('/srv/flood.py', FLOOD);
  await addPool(m, 'web', '8000-8003', '[Scale]\nCPU=none\n[Health]\nInterval=500ms\n');
  await m.install('--no-samples');
  await m.serving('web', 1);
});

/** Calls a method of the controller as fast as possible, on several connections, with an argument of a given size. */
const FLOOD = `#!/usr/bin/python3
import subprocess, sys
member, size = sys.argv[1], int(sys.argv[2])
args = ["busctl", "--timeout=5s", "call", "org.cgipool1", "/org/cgipool1", "org.cgipool1.Controller", member]
if size: args += ["s", "x" * size]
while True:
    for p in [subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(4)]: p.wait()
`;

const flood = (m: Machine, member: string, size: number): Promise<string> =>
  m.run(
    `systemctl reset-failed flood 2>/dev/null; systemd-run --quiet --unit flood --uid games /usr/bin/python3 /srv/flood.py ${member} ${size}`,
  );

const mainPid = (m: Machine): Promise<string> => m.run('systemctl show -P MainPID cgipool.service');

for (const [member, size] of [
  ['Status', 0],
  ['Why', 100_000],
] as const)
  test(`while a user floods ${member} a hung worker is replaced, and cgipool status works for root`, async () => {
    const m = await machine();
    const { instances } = await m.serving('web', 1);
    const [controller, pid] = [await mainPid(m), instances[0]?.pid];
    await flood(m, member, size);
    await m.signal('STOP', 'web', instances[0]?.slot ?? 0);
    await m.until('web', p => p.healthy === 1 && p.instances.every(i => i.pid !== pid), 20);
    assert.match(await m.run('cgipool status web'), /^web {2}(ok|degraded|down) /);
    await m.run('systemctl stop flood');
    assert.equal(await mainPid(m), controller, 'the controller is the same');
    await m.attempt(`kill -KILL ${pid}`);
    await m.serving('web', 1);
  });

test('D-Bus arguments of megabytes are refused without using memory', async () => {
  const m = await machine();
  const controller = await mainPid(m);
  const call = 'busctl call org.cgipool1 /org/cgipool1 org.cgipool1.Controller';
  const { err } = await m.attempt(`${call} Why s "$(head -c 100000 /dev/zero | tr '\\0' x)"`);
  assert.match(err, /an argument is too long/);
  assert.ok(err.length < 1000, 'the argument is not sent back');
  assert.equal(await mainPid(m), controller);
});

test('the controller and its pools survive a systemd that answers late', async () => {
  const m = await machine();
  const controller = await mainPid(m);
  // the machine's PID 1, for longer than a call may take
  await m.run('kill -STOP 1; (sleep 14; kill -CONT 1) >/dev/null 2>&1 &');
  await m.await('systemctl is-system-running || true', 30);
  await m.await('test "$(systemctl show -P MainPID cgipool.service)" != ""', 30);
  assert.equal(await mainPid(m), controller);
  await behave(m, 'web', 'ok');
  await m.serving('web', 1, 30);
});

test('systemd restarts a controller whose loop hangs', async () => {
  const m = await machine();
  await m.write('/etc/systemd/system/cgipool.service.d/soon.conf', '[Service]\nWatchdogSec=3s\n');
  await m.run('systemctl daemon-reload; systemctl restart cgipool');
  await m.serving('web', 1);
  const before = await mainPid(m);
  await m.run('sleep 5');
  assert.equal(await mainPid(m), before, 'a working one is not restarted');
  await m.run(`kill -STOP ${before}`);
  await m.await(`pid=$(systemctl show -P MainPID cgipool.service); test $pid -gt 1 -a $pid != ${before}`, 30);
  await m.serving('web', 1, 30);
});

test.run();
