import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: the controller');
const machine = machineFor(test, 'controller');

const SEARCH = 'http://localhost/api/search?q=x';

test('a killed worker is restarted by systemd without a lost request', async () => {
  const m = await machine();
  const before = await m.serving('search', 2);
  const load = m.load(SEARCH, '--rate 100 --seconds 3');
  await m.signal('KILL', 'search', before.instances[0]?.slot ?? 0);
  const after = await m.until('search', p => p.instances.some(i => i.restarts === 1 && i.published));
  assert.notEqual(after.instances[0]?.pid, before.instances[0]?.pid);
  assert.equal(after.instances[1]?.pid, before.instances[1]?.pid);
  const { total, failed, statuses } = await load;
  assert.deepEqual({ total, failed }, { total: 300, failed: 0 }, JSON.stringify(statuses));
});

test('the controller replaces a stopped instance on the signal of systemd, not at the next timed pass', async () => {
  const m = await machine();
  const slot = (await m.serving('search', 2)).instances[0]?.slot;
  await m.run(`systemctl stop cgipool-search@${slot}.service`);
  const said = "journalctl -u cgipool -o short-unix -g 'start cgipool-search@' -n 1 --no-pager";
  await m.await(`${said} | grep -q '1 of 2 running'`);
  const [started, stopped] = await Promise.all([
    m.run(`${said} | cut -d. -f1,2 | cut -d' ' -f1`),
    m.run("journalctl _PID=1 -o short-unix -g 'Stopped cgipool-search@' -n 1 --no-pager | cut -d' ' -f1"),
  ]);
  const took = Number(started) - Number(stopped);
  assert.ok(took < 0.5, `${took} s; a timed pass comes every second`);
  await m.serving('search', 2);
});

test('a hung worker is replaced without a lost request', async () => {
  const m = await machine();
  const before = await m.serving('search', 2);
  const [slot = 0, old] = [before.instances[0]?.slot, before.instances[0]?.pid];
  const load = m.load(SEARCH, '--rate 50 --seconds 7');
  await m.signal('STOP', 'search', slot);
  await m.until('search', p => p.instances.every(i => i.pid !== old) && p.healthy === 2, 10);
  const { total, failed, statuses } = await load;
  assert.deepEqual({ total, failed }, { total: 350, failed: 0 }, JSON.stringify(statuses));
  await m.serving('search', 2);
  assert.match(await m.run('cgipool why search'), /probes in a row failed \(no answer within 500 ms\)/);
  assert.match(
    await m.run('journalctl -u cgipool'),
    /restart cgipool-search@\d+\.service: 3 probes in a row/,
  );
});

test('a new instance is published only after it has passed its probes', async () => {
  const m = await machine();
  const slow = `[Pool]\nExec=/bin/sh -c 'sleep 2; exec python3 -m http.server --bind 127.0.0.1 %i'\nPorts=8500-8501\nMin=2
[Nginx]\nLocation=/slow\n[Health]\nPath=/`;
  await m.pool('slow', slow);
  const installing = m.run('cgipool install');
  await m.await('curl -sf -o /dev/null -w "%{http_code}" http://localhost/pool-status | grep 200');
  await m.await('systemctl is-active cgipool-slow@8500.service');
  const starting = await m.poolStatus('slow');
  assert.ok(
    starting.instances.every(i => i.state === 'starting' && !i.published),
    JSON.stringify(starting),
  );
  assert.equal(await m.run('curl -s -o /dev/null -w "%{http_code}" http://localhost/slow/'), '503');
  await installing;
  await m.serving('slow', 2);
  await m.run('rm /etc/cgipool/slow.pool; cgipool install');
});

test('cgipool scale sets a number or a range, and auto returns to the pool file', async () => {
  const m = await machine();
  await m.run('cgipool scale search 4');
  const held = await m.serving('search', 4);
  assert.deepEqual([held.min, held.max, held.byHand], [4, 4, true]);
  await m.run('cgipool scale search 3..8');
  await m.until('search', p => p.min === 3 && p.max === 8);
  await m.run('cgipool scale search 1');
  await m.serving('search', 1);
  await m.run('cgipool scale search auto');
  const given = await m.serving('search', 2);
  assert.deepEqual([given.min, given.max, given.byHand], [2, 5, false]);
});

test('scaling up and down under load loses no request', async () => {
  const m = await machine();
  await m.serving('search', 2);
  const load = m.load(SEARCH, '--rate 100 --seconds 6');
  await m.run('cgipool scale search 5');
  await m.serving('search', 5);
  await m.run('cgipool scale search auto');
  await m.serving('search', 2);
  const { failed, statuses } = await load;
  assert.equal(failed, 0, JSON.stringify(statuses));
});

test('a rolling restart keeps full capacity and loses no request, also in a pool of one', async () => {
  const m = await machine();
  for (const [pool, count, url] of [
    ['search', 2, SEARCH],
    ['auth', 1, 'http://localhost/api/auth?user=x'],
  ] as const) {
    const before = (await m.serving(pool, count)).instances.map(i => i.pid);
    const load = m.load(url, '--rate 50 --seconds 7');
    await m.run(`cgipool restart ${pool}`);
    const isDone = (pids: number[]): boolean => pids.every(pid => !before.includes(pid));
    await m.until(pool, p => isDone(p.instances.map(i => i.pid)) && p.healthy >= count);
    await m.serving(pool, count);
    const { failed, statuses } = await load;
    assert.equal(failed, 0, JSON.stringify(statuses));
  }
});

test('a stopped pool drains, answers 503 with Retry-After, and can be started again', async () => {
  const m = await machine();
  await m.serving('auth', 1);
  await m.run('cgipool stop auth');
  await m.until('auth', p => p.state === 'stopped' && p.instances.length === 0);
  const answer = await m.run("curl -si 'http://localhost/api/auth?user=x'");
  assert.match(answer, /^HTTP\/1.1 503 /);
  assert.match(answer, /^Retry-After: \d+/im);
  await m.run('nginx -t -q');
  assert.equal(await m.run(`curl -s -o /dev/null -w '%{http_code}' '${SEARCH}'`), '200');
  await m.run('cgipool start auth');
  await m.serving('auth', 1);
});

test('cgipool status, systemctl and journalctl show the instances', async () => {
  const m = await machine();
  await m.serving('search', 2);
  const shown = await m.run("systemctl status --no-pager 'cgipool-search@*'");
  assert.match(shown, /cgipool-search@\d+\.service - Search workers \(slot \d+\)/);
  assert.match(shown, /Active: active \(running\)/);
  assert.match(shown, /cgipool\.slice\/cgipool-search\.slice/);
  const lines = await m.run("journalctl --no-pager -u 'cgipool-search@*' -n 400");
  assert.match(lines, /cgipool-search\[\d+\]: search: listening on 127\.0\.0\.1:\d+/);
  assert.match(await m.run('cgipool logs search -n 400'), /search: listening on/);
  const table = await m.run('cgipool status');
  assert.match(table, /^search {2}ok {2}2 of 2 healthy \(2\.\.5\) {2}\/api\/search$/m);
  assert.match(
    table,
    /cgipool-search@\d+\.service +healthy +\d+ +127\.0\.0\.1:\d+ +yes +(\d+%|-) +\d+ +\d+ +200 in \d+ ms/,
  );
});

test.run();
