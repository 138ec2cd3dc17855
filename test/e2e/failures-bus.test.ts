import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code, underLoad } from './workers/workers.ts';

const test = suite('e2e: without polkit, without D-Bus');
const machine = machineFor(test, 'failures-bus', async m => {
  await addPool(m, 'good', '8000-8003', '[Scale]\nCPU=none\n');
  await m.run("sed -i 's/^Ports=/Min=2\\nPorts=/' /etc/cgipool/good.pool");
  await m.install('--no-samples');
});

const workers = (m: Machine): Promise<string> =>
  m.run('systemctl show -P MainPID cgipool-good@8000 cgipool-good@8001');

/** The problem in status when polkit refuses the start of an instance. */
const DENIED =
  /^cannot start cgipool-good@8002\.service: .*; check that polkit\.service runs and \/etc\/polkit-1\/rules\.d\/50-cgipool\.rules exists \(apt-get install polkitd; cgipool install\)$/m;

const problems = async (m: Machine): Promise<string> => (await m.status()).problems.join('\n');

/** Waits until a scale-up is refused, with the fix in status and the journal, while the pool keeps serving. */
async function assertDenied(m: Machine): Promise<void> {
  const before = await workers(m);
  const since = await m.mark();
  await m.run('cgipool scale good 3');
  const end = Date.now() + 30_000;
  let problem = '';
  while (!DENIED.test(problem) && Date.now() < end) problem = await problems(m);
  assert.match(problem, DENIED);
  const said = `journalctl -q -o cat -p err -u cgipool ${since}`;
  await m.await(`${said} | grep -F 'check that polkit.service runs'`);
  assert.equal(await code(m, '/good'), '200');
  assert.equal(await workers(m), before);
}

async function assertCured(m: Machine): Promise<void> {
  await m.serving('good', 3, 30);
  assert.equal(await problems(m), '');
  await m.run('cgipool scale good 2');
  await m.serving('good', 2);
}

test('a masked polkit is reported with the fix; once it is back the pool recovers by itself', async () => {
  const m = await machine();
  await m.serving('good', 2);
  await m.run('systemctl mask --quiet --now polkit.service');
  await assertDenied(m);
  await m.run('systemctl unmask --quiet polkit.service; systemctl start polkit.service');
  await assertCured(m);
});

test('a removed polkit rule is reported, and cgipool install restores it', async () => {
  const m = await machine();
  await m.run('rm /etc/polkit-1/rules.d/50-cgipool.rules');
  await m.await('journalctl -q -o cat -u polkit | grep -c "Reloading rules"');
  await assertDenied(m);
  assert.match(await m.run('cgipool install'), /\+ .*50-cgipool\.rules/);
  await assertCured(m);
});

test('cgipool install fails without polkit before it changes anything', async () => {
  const m = await machine();
  await m.run(
    'systemctl stop polkit; mkdir /srv/polkit; mv /usr/share/polkit-1 /lib/systemd/system/polkit.service /srv/polkit/',
  );
  await addPool(m, 'late', '8100-8103');
  const { code: status, err, out } = await m.attempt('cgipool install');
  assert.equal(status, 1);
  assert.match(
    err,
    /polkit is missing; without it the controller cannot start units: apt-get install polkitd/,
  );
  assert.equal(out, '');
  assert.equal((await m.attempt('ls /etc/systemd/system/cgipool-late@.service')).code, 2);
  await m.run(
    'mv /srv/polkit/polkit-1 /usr/share/; mv /srv/polkit/polkit.service /lib/systemd/system/; systemctl daemon-reload; systemctl start polkit',
  );
  await m.run('cgipool install');
  await m.serving('late', 1);
});

const pids = async (m: Machine): Promise<number[]> =>
  (await m.poolStatus('good')).instances.map(({ pid }) => pid).sort();
const controllerPid = (m: Machine): Promise<string> => m.run('systemctl show -P MainPID cgipool.service');

for (const [what, how] of [
  ['killed', 'kill -KILL $(systemctl show -P MainPID dbus.service)'],
  ['restarted', 'systemctl restart dbus.service'],
] as const)
  test(`dbus ${what} under load: the controller restarts, and no request fails`, async () => {
    const m = await machine();
    await m.serving('good', 2);
    const before = await pids(m);
    const first = await controllerPid(m);
    const load = await underLoad(m, '/good', async () => {
      await m.run(how);
      await m.await(
        `p=$(systemctl show -P MainPID cgipool.service); [ $p != 0 ] && [ $p != ${first} ] && cgipool status`,
        30,
      );
      await m.serving('good', 2);
      assert.deepEqual(await pids(m), before);
      await m.run('cgipool scale good 3');
      const three = await m.serving('good', 3, 30);
      for (const pid of before) assert.ok(three.instances.some(i => i.pid === pid));
      // whichever is idle goes
      await m.run('cgipool scale good 2');
      await m.serving('good', 2);
    });
    assert.equal(load.failed, 0, load.summary);
    assert.match(await m.run('journalctl -q -o cat -u cgipool'), /lost the connection to D-Bus/);
  });

test('without a bus, commands and the controller report it, and recover once it is back', async () => {
  const m = await machine();
  await m.serving('good', 2);
  const before = await m.run('pgrep -f "worker.py 800[01]" | sort');
  const load = await underLoad(m, '/good', async () => {
    await m.run('systemctl stop dbus.socket dbus.service');
    for (const verb of ['status', 'why', 'scale good 3', 'restart good']) {
      const { code: status, out, err } = await m.attempt(`cgipool ${verb}`);
      assert.equal(status, 1);
      assert.equal(out, '');
      assert.match(err, /no D-Bus system bus \(.*\): is dbus running\? \(systemctl start dbus\.socket\)/);
    }
    const install = await m.attempt('cgipool install');
    assert.equal(install.code, 1);
    assert.match(install.err, /no D-Bus system bus.*systemctl start dbus\.socket/);
    // the command that the messages name brings the controller back too
    await m.run('systemctl start dbus.socket');
    await m.await('cgipool status', 30);
    await m.serving('good', 2, 30);
  });
  assert.equal(load.failed, 0, load.summary);
  assert.equal(await m.run('pgrep -f "worker.py 800[01]" | sort'), before);
  await m.run('cgipool scale good 3');
  await m.serving('good', 3, 30);
});

test.run();
