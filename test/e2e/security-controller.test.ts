import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { asController } from './as-controller.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code, underLoad } from './workers/workers.ts';

/*
 * An attacker has taken over the controller: it must not get access to anything but the pools.
 */
const test = suite('e2e: a stolen controller');

const machine = machineFor(test, 'thief', async m => {
  await addPool(m, 'web', '8000-8003', '[Scale]\nCPU=none\n');
  await bringEcho(m);
  await m.pool('sock', echoPool({ location: '/sock', listen: 'Description=Echo\nListen=unix' }));
  // like Debian's php-fpm and an application's configuration
  await m.run(`install -m 640 -g www-data /dev/null /etc/app.conf
    mkdir -p /run/php && systemd-run --quiet --unit fpm-like /usr/bin/python3 -c '
import os, socket
s = socket.socket(socket.AF_UNIX); s.bind("/run/php/fpm.sock"); os.chown("/run/php/fpm.sock", 33, 33); os.chmod("/run/php/fpm.sock", 0o660); s.listen()
while True: s.accept()'`);
  await m.install('--no-samples');
  for (const pool of ['web', 'sock']) await m.serving(pool, 1);
});

const dial = (path: string): string =>
  `python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("${path}")'`;

test('a stolen controller can dial the sockets of workers, and of no other program', async () => {
  const m = await machine();
  await m.await('test -S /run/php/fpm.sock');
  assert.equal((await asController(m, dial('/run/cgipool/sock/1/sock'))).code, 0, 'its own work is allowed');
  assert.notEqual((await asController(m, dial('/run/php/fpm.sock'))).code, 0);
  assert.notEqual((await asController(m, 'ls /run/php')).code, 0, 'it is not even visible');
});

test("a stolen controller cannot read files of nginx's group", async () => {
  const m = await machine();
  assert.notEqual((await asController(m, 'cat /etc/app.conf')).code, 0);
  assert.ok(!/\(www-data\)/.test(await m.run('id cgipool')));
});

test('nginx dials the sockets of workers by the group cgipool-sockets', async () => {
  const m = await machine();
  assert.equal(await code(m, '/sock'), '200');
  assert.match(await m.run('stat -c "%U %G %a" /run/cgipool/sock/1'), /cgipool-sockets/);
  assert.match(await m.run('id www-data'), /\(cgipool-sockets\)/);
});

test('a stolen controller cannot start an instance on a slot that no pool has', async () => {
  const m = await machine();
  for (const unit of [
    'web@80',
    'web@99999',
    'web@8004',
    'web@7999',
    'other@8000',
    'sock@11',
    'web.probe@80',
  ]) {
    const { code: ended } = await asController(
      m,
      `systemctl --no-ask-password start cgipool-${unit}.service`,
    );
    assert.notEqual(ended, 0, unit);
  }
  assert.equal((await asController(m, 'systemctl --no-ask-password restart cgipool-web@8000')).code, 0);
  await m.serving('web', 1);
});

test('a publish request with a far too great generation is refused, and publishing continues', async () => {
  const m = await machine();
  const request = '/run/cgipool-controller/publish.json';
  // else it would write a request of its own in between
  await m.run('systemctl kill -s STOP cgipool.service');
  await m.await('systemctl is-active cgipool-publish.service | grep -qx inactive');
  for (const generation of [2 ** 53 - 1, Date.now() + 86_400_000]) {
    await asController(
      m,
      `echo '{"generation":${generation},"live":{"web":[8000]},"weights":{}}' >${request}`,
    );
    const { code: ended } = await m.attempt('systemctl start cgipool-publish.service');
    assert.notEqual(ended, 0);
    assert.match(
      await m.run('journalctl -u cgipool-publish -o cat | tail -20'),
      /far ahead of the published one/,
    );
  }
  await m.run('systemctl kill -s CONT cgipool.service');
  await m.run('cgipool scale web 3');
  await m.serving('web', 3);
  await m.run('cgipool scale web auto');
});

test('an upgrade that changes the group of the sockets loses no request', async () => {
  const m = await machine();
  const load = await underLoad(m, '/sock', async () => {
    await m.run("sed -i 's/^Description=Echo/Description=Again/' /etc/cgipool/sock.pool; cgipool install");
    await m.serving('sock', 1, 30);
  });
  assert.equal(load.failed, 0, load.summary);
});

test.run();
