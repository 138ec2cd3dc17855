import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: the samples serve');
const machine = machineFor(test, 'serve');

test('the controller and the timer are active, and the controller does not run as root', async () => {
  const m = await machine();
  assert.equal(await m.run('systemctl is-active cgipool.service cgipool-autoscale.timer'), 'active\nactive');
  assert.equal(await m.run('ps -o user= -p $(systemctl show -P MainPID cgipool.service)'), 'cgipool');
});

test('systemd-analyze verify accepts every generated unit', async () => {
  const m = await machine();
  const verify = 'systemd-analyze verify --man=no --recursive-errors=yes';
  const units = '/etc/systemd/system/cgipool*.{service,timer,slice}';
  assert.deepEqual(await m.attempt(`${verify} ${units}`), { code: 0, out: '', err: '' });
  const spoiled =
    await m.attempt(`sed 's/^RestartSec/RestratSec/' /etc/systemd/system/cgipool-search@.service \
    >/run/spoiled@.service; ${verify} /run/spoiled@.service`);
  assert.match(spoiled.err, /RestratSec/, 'verify detects mistakes');
});

test('search and auth answer through nginx', async () => {
  const m = await machine();
  await m.serving('search', 2);
  await m.serving('auth', 1);
  const search = JSON.parse(await m.run("curl -s 'http://localhost/api/search?q=nginx'"));
  assert.deepEqual(Object.keys(search), ['query', 'results', 'pid']);
  assert.equal(search.query, 'nginx');
  const auth = JSON.parse(await m.run("curl -s 'http://localhost/api/auth?user=ada'"));
  assert.deepEqual(Object.keys(auth), ['user', 'token', 'pid']);
  assert.equal(auth.user, 'ada');
});

test.run();
