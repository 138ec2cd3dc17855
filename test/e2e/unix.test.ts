import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { ask, bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: Listen=unix');

const SOCKETS = '/run/cgipool/echo';
const URL = 'http://localhost/api';

const machine = machineFor(test, 'unix', async m => {
  await bringEcho(m);
  await m.pool('echo', echoPool({ listen: 'Listen=unix', min: 2, max: 4, location: '/api' }));
  await m.install('--no-samples');
  await m.serving('echo', 2);
});

/** Sends requests one after the other until stopped. Returns how many there were, and how many failed. */
async function underLoad(
  m: Machine,
  work: () => Promise<unknown>,
): Promise<{ sent: number; failed: number }> {
  await m.run('rm -f /run/enough');
  const one = `curl -s -m 20 -o /dev/null -w '%{http_code}\\n' ${URL}`;
  const loading = m.run(`while [ ! -e /run/enough ]; do ${one}; done`);
  await work().finally(() => m.run('touch /run/enough'));
  const codes = (await loading).split('\n');
  return { sent: codes.length, failed: codes.filter(code => code !== '200').length };
}

test('requests of Listen=unix arrive by sockets, which status shows', async () => {
  const m = await machine();
  const { pool, headers } = await ask(m, URL);
  assert.deepEqual([pool, headers.host], ['echo', 'localhost']);
  const { instances } = await m.poolStatus('echo');
  const endpoints = instances.map(i => i.endpoint);
  assert.deepEqual(endpoints, [`unix:${SOCKETS}/1/sock`, `unix:${SOCKETS}/2/sock`]);
  assert.match(await m.run('cgipool status'), /unix:\/run\/cgipool\/echo\/1\/sock/);
  assert.equal(
    await m.run("ss -ltnpH | grep -c 'node\\|MainThread' || true"),
    '0',
    'no worker listens on a port',
  );
});

test('only nginx and the controller can dial a socket of Listen=unix', async () => {
  const m = await machine();
  const dial = (as: string) =>
    m.attempt(`setpriv ${as} curl -sS -m 5 --unix-socket ${SOCKETS}/1/sock http://x/`);
  const user = (name: string) => `--reuid=${name} --regid=${name} --clear-groups`;
  const refused = await dial(user('nobody').replace('--regid=nobody', '--regid=nogroup'));
  assert.equal(refused.code, 7, refused.err);
  assert.equal((await dial(user('cgipool'))).code, 7, 'the user without the group is refused');
  assert.equal((await dial('--reuid=cgipool --regid=cgipool --groups=cgipool-sockets')).code, 0);
  assert.equal((await dial(user('www-data'))).code, 7, "nginx's own group opens nothing");
  assert.equal((await dial('--reuid=www-data --regid=www-data --init-groups')).code, 0);
});

test('a killed worker of Listen=unix can listen again in spite of its old socket file', async () => {
  const m = await machine();
  const { failed, sent } = await underLoad(m, async () => {
    const before = await m.serving('echo', 2);
    const victim = before.instances[0];
    await m.run(`kill -KILL ${victim?.pid}`);
    const isBack = (pid: number): boolean => pid > 1 && pid !== victim?.pid;
    await m.until(
      'echo',
      p => p.state === 'ok' && isBack(p.instances.find(i => i.slot === victim?.slot)?.pid ?? 0),
    );
  });
  assert.ok(sent > 0);
  assert.equal(failed, 0, `of ${sent}`);
});

test('a stale socket file does not prevent a new instance of Listen=unix', async () => {
  const m = await machine();
  await m.run(
    `mkdir -p ${SOCKETS}/3; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("${SOCKETS}/3/sock")'`,
  );
  await m.run(`test -S ${SOCKETS}/3/sock; cgipool scale echo 3`);
  await m.serving('echo', 3);
  assert.match(await m.run(`ss -lxH src ${SOCKETS}/3/sock`), /LISTEN/);
});

test('scaling down removes the sockets of stopped instances of Listen=unix', async () => {
  const m = await machine();
  const { failed, sent } = await underLoad(m, async () => {
    await m.run('cgipool scale echo 4');
    await m.serving('echo', 4);
    await m.run('cgipool scale echo 1');
    await m.serving('echo', 1);
  });
  assert.ok(sent > 0);
  assert.equal(failed, 0, `of ${sent}`);
  assert.equal(await m.run(`find ${SOCKETS} -type s`), `${SOCKETS}/1/sock`);
  await m.run('cgipool scale echo 2');
  await m.serving('echo', 2);
});

test('a hung worker of Listen=unix is replaced', async () => {
  const m = await machine();
  const before = await m.serving('echo', 2);
  const pid = before.instances[0]?.pid ?? 0;
  assert.ok(pid > 1);
  await m.run(`kill -STOP ${pid}`);
  await m.until('echo', p => p.state === 'ok' && p.instances.every(i => i.pid !== pid), 30);
  await ask(m, URL);
});

test('a rolling restart with Listen=unix loses no request', async () => {
  const m = await machine();
  const before = (await m.serving('echo', 2)).instances.map(i => i.pid);
  const { failed, sent } = await underLoad(m, async () => {
    await m.run('cgipool restart echo');
    const isNew = (pid: number): boolean => pid > 1 && !before.includes(pid);
    const done = m.until(
      'echo',
      p => p.state === 'ok' && p.instances.length === 2 && p.instances.every(i => isNew(i.pid)),
      30,
    );
    await done;
  });
  assert.ok(sent > 0);
  assert.equal(failed, 0, `of ${sent}`);
});

test.run();
