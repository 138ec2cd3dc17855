import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';
import { addPool, behave, code, underLoad } from './workers/workers.ts';

const test = suite('e2e: systemctl by hand, and a reboot');
const machine = machineFor(test, 'failures-hands', async m => {
  await addPool(m, 'good', '8000-8004', '[Scale]\nCPU=none\n');
  await m.run("sed -i 's/^Ports=/Min=2\\nMax=3\\nPorts=/' /etc/cgipool/good.pool");
  await m.install('--no-samples');
});

const unit = (slot: number): string => `cgipool-good@${slot}.service`;
test('an instance stopped with systemctl is replaced', async () => {
  const m = await machine();
  await m.serving('good', 2);
  const pid = await m.run(`systemctl show -P MainPID ${unit(8000)}`);
  await m.run(`systemctl stop ${unit(8000)}`);
  await m.until('good', p => p.instances.every(i => String(i.pid) !== pid) && p.healthy === 2);
  await m.serving('good', 2);
  assert.equal(await code(m, '/good'), '200');
});

test('systemctl reset-failed on an instance does no harm', async () => {
  const m = await machine();
  const [victim] = (await m.serving('good', 2)).instances;
  await behave(m, 'good', 'exit 1');
  await m.run(`systemctl kill -s KILL ${victim?.unit}`);
  await m.until('good', p => p.problems.length > 0);
  await m.run("systemctl reset-failed 'cgipool-good@*'");
  assert.equal(await code(m, '/good'), '200');
  await behave(m, 'good', 'ok');
  await m.serving('good', 2, 30);
});

test('an instance started by hand above the desired number is drained', async () => {
  const m = await machine();
  await m.run('cgipool restart good');
  await m.serving('good', 2, 30);
  const free = await m.run(
    'for s in 8000 8001 8002 8003 8004; do systemctl -q is-active cgipool-good@$s || { echo $s; break; }; done',
  );
  await m.run(`systemctl start ${unit(Number(free))} cgipool-good@8004.service`);
  const load = await underLoad(m, '/good', async () => {
    await m.serving('good', 2);
    assert.match(await m.run('cgipool why good'), /drain 800\d: \d running, 2 desired/);
  });
  assert.equal(load.failed, 0, load.summary);
});

test('an instance started by hand on a foreign slot is drained and never published', async () => {
  const m = await machine();
  await m.serving('good', 2);
  await m.run('systemctl start cgipool-good@9999.service');
  await m.await("cgipool why good | grep 'drain 9999: good has no slot 9999'");
  await m.serving('good', 2);
  await m.await('! systemctl -q is-active cgipool-good@9999.service');
  assert.equal((await m.attempt('grep -c 9999 /etc/nginx/cgipool/upstreams.conf')).out, '0');
  // even if an instance is missing
  await m.run('systemctl stop cgipool.service');
  await m.run(`systemctl stop 'cgipool-good@*'; systemctl start cgipool-good@9999.service cgipool.service`);
  const pool = await m.serving('good', 2);
  assert.ok(pool.instances.every(i => i.slot < 9999));
  assert.equal(await code(m, '/good'), '200');
});

for (const verb of ['daemon-reload', 'daemon-reexec'])
  test(`systemctl ${verb} under load restarts nothing and loses no request`, async () => {
    const m = await machine();
    await m.serving('good', 2);
    const before = await m.run("systemctl show -P MainPID cgipool.service 'cgipool-good@*'");
    const load = await underLoad(m, '/good', async () => {
      for (const _ of [1, 2, 3]) await m.run(`systemctl ${verb}`);
      await m.serving('good', 2);
      // signals still arrive: the restart of a killed worker is detected
      await m.run('cgipool scale good 3');
      await m.serving('good', 3);
      await m.run('cgipool scale good auto');
      await m.serving('good', 2);
    });
    assert.equal(load.failed, 0, load.summary);
    const after = await m.run("systemctl show -P MainPID cgipool.service 'cgipool-good@*'");
    assert.equal(after.split('\n')[0], before.split('\n')[0], 'the same controller');
  });

test('after a reboot the pools serve with Min= instances', async () => {
  const m = await machine();
  // Debian's package enables it, the machine's image does not
  await m.run('systemctl enable --quiet nginx.service');
  await m.run('cgipool scale good 3');
  await m.serving('good', 3);
  const began = 'systemctl show -P ExecMainStartTimestampMonotonic cgipool.service';
  const before = Number(await m.run(began));
  await m.reboot();
  const pool = await m.serving('good', 2, 30);
  assert.equal(pool.desired, 2);
  assert.equal(await code(m, '/good'), '200');
  assert.deepEqual(pool.problems, []);
  assert.equal(
    await m.run('systemctl is-active cgipool.service cgipool-autoscale.timer nginx'),
    'active\nactive\nactive',
  );
  assert.equal(await m.run('systemctl list-units --failed --no-legend --plain "cgipool*"'), '');
  assert.ok(Number(await m.run(began)) > before, 'the machine was rebooted');
});

test.run();
