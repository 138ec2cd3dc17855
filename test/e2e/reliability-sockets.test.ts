import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch, row } from './chaos.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code } from './workers/workers.ts';

const test = suite('e2e: Listen=fd');

const FOUR = 'Min=4\nMax=4\n';

const machine = machineFor(test, 'sockets', async m => {
  await addPool(m, 'plain', `Ports=8000-8003\n${FOUR}`, '[Scale]\nCPU=none\n');
  await addPool(m, 'held', `Listen=fd\nPorts=8010-8013\n${FOUR}`, '[Scale]\nCPU=none\n');
  await addPool(m, 'files', `Listen=fd\nSlots=1-3\nMin=2\nMax=3\n`, '[Scale]\nCPU=none\n');
  await addPool(m, 'lone-fd', `Listen=fd\nSlots=1\nMin=1\nMax=1\n`, '[Scale]\nCPU=none\n');
  await bringSearch(m);
  const unix = 'Exec=/srv/services/search $SOCKET\nListen=unix\nSlots=1\nMin=1\nMax=1';
  await m.pool('lone-unix', `[Pool]\n${unix}\n[Nginx]\nLocation=/lone-unix\n`);
  await m.install('--no-samples');
  await m.serving('plain', 4);
  await m.serving('held', 4);
  await m.serving('files', 2);
});

/** Kills all four workers of a pool at once, repeatedly: nginx has no other instance to try. */
const killAll = (m: Machine, pool: string, times: number) => (): Promise<unknown> =>
  m.run(`for i in $(seq ${times}); do
    for u in $(systemctl list-units --plain --no-legend 'cgipool-${pool}@*.service' | cut -d' ' -f1); do
      pid=$(systemctl show -P MainPID $u); [ $pid -gt 1 ] && kill -9 $pid
    done; sleep 1; done`);

test('with Listen=fd systemd listens, the worker inherits the socket, and nginx dials the same endpoint', async () => {
  const m = await machine();
  assert.equal(await code(m, '/held'), '200');
  assert.equal(await code(m, '/files'), '200');
  assert.match(
    await m.run('systemctl is-active cgipool-held@8010.socket cgipool-files@1.socket'),
    /^active\nactive$/,
  );
  const { instances } = await m.poolStatus('files');
  assert.equal(instances[0]?.endpoint, 'unix:/run/cgipool/files/1/sock');
  assert.equal(
    await m.run('stat -c "%a %U %G" /run/cgipool/files/1/sock /run/cgipool/files/1'),
    '660 root cgipool-sockets\n750 root cgipool-sockets',
  );
});

test('with Listen=fd killing all workers at once loses only requests in flight, with Listen=tcp more', async () => {
  const m = await machine();
  const plain = await row(m, 'Listen=tcp, all four killed 5 times', '/plain', killAll(m, 'plain', 5));
  const held = await row(m, 'Listen=fd, all four killed 5 times', '/held', killAll(m, 'held', 5));
  await m.serving('held', 4);
  await m.serving('plain', 4);
  assert.ok(plain.failed > 0, 'with Listen=tcp requests are lost');
  // at 200 requests/s of 1 ms each, each worker has at most one in flight
  assert.ok(held.failed <= 5 * 4, held.summary);
  assert.ok(held.failed < plain.failed, `${held.summary}; ${plain.summary}`);
});

test('with Listen=fd a hung worker is restarted in place, and its successor answers waiting requests', async () => {
  const m = await machine();
  const [victim] = (await m.serving('held', 4)).instances;
  assert.ok(victim && victim.pid > 1);
  await m.signal('STOP', 'held', victim.slot);
  const post = `curl -s -m 30 -d x -o /dev/null -w '%{http_code}' http://127.0.0.1:${victim.slot}/`;
  const waiting = m.run(post);
  const isBack = (pid: number): boolean => pid > 1 && pid !== victim.pid;
  await m.until('held', p => p.instances.some(i => i.slot === victim.slot && isBack(i.pid)), 20);
  assert.equal(await waiting, '200');
  const { instances } = await m.serving('held', 4);
  assert.deepEqual(
    instances.map(i => i.slot),
    [8010, 8011, 8012, 8013],
  );
  assert.match(
    await m.run('cgipool why held'),
    new RegExp(`restart ${victim.slot}: 3 probes in a row failed`),
  );
});

test('with Listen=fd a stopped instance is replaced, and an unused socket is closed', async () => {
  const m = await machine();
  await m.run('systemctl stop cgipool-held@8011.service');
  await m.serving('held', 4);
  await m.run('cgipool scale files 1');
  await m.serving('files', 1);
  await m.await('[ "$(systemctl list-units --plain --no-legend "cgipool-files@*.socket" | wc -l)" = 1 ]');
  await m.run('cgipool scale files 3; cgipool stop files');
  await m.await('[ -z "$(systemctl list-units --plain --no-legend "cgipool-files@*")" ]');
  await m.await('[ -z "$(ls /run/cgipool/files)" ]');
  await m.run('cgipool start files');
  await m.serving('files', 3);
  await m.run('cgipool scale files auto');
});

for (const pool of ['lone-fd', 'lone-unix'])
  test(`${pool}: the only socket file is removed, as by a cleaner, and is there again within 3 s`, async () => {
    const m = await machine();
    await m.serving(pool, 1);
    const load = await row(m, `${pool}: the only socket file removed`, `/${pool}`, async () => {
      await m.run(`rm /run/cgipool/${pool}/1/sock`);
      await m.await(`curl -sf -o /dev/null localhost/${pool}`, 20);
    });
    assert.ok(load.failed > 0, 'it was missed');
    assert.ok(load.failed <= 3 * 200, load.summary);
    await m.serving(pool, 1);
  });

test('rolling restarts, and changes between Listen=fd and Listen=tcp, lose no request', async () => {
  const m = await machine();
  const change = (listen: string) => async (): Promise<void> => {
    await addPool(m, 'held', `${listen}\nPorts=8010-8016\nMin=2\nMax=2\n`, '[Scale]\nCPU=none\n');
    await m.run('cgipool install');
    await m.until(
      'held',
      p => p.instances.length === 2 && p.instances.every(i => !i.stale && i.published),
      40,
    );
  };
  const load = await row(m, 'Listen=fd to tcp and back', '/held', async () => {
    await change('Listen=tcp')();
    await m.await('[ -z "$(systemctl list-units --plain --no-legend "cgipool-held@*.socket")" ]');
    await change('Listen=fd')();
    await m.run('cgipool restart held');
    await m.until(
      'held',
      p => p.instances.length === 2 && p.instances.every(i => !i.stale && i.published),
      40,
    );
  });
  assert.equal(load.failed, 0, load.summary);
});

test('with Listen=fd a slot whose port another program uses is skipped and reported', async () => {
  const m = await machine();
  await m.run('cgipool scale held 0..0 || cgipool stop held');
  await m.await('[ -z "$(systemctl list-units --plain --no-legend "cgipool-held@*")" ]');
  await m.run('systemd-run -q --unit stranger python3 -m http.server --bind 127.0.0.1 8010');
  await m.await('ss -ltnH "sport = 8010" | grep -q 8010');
  await m.run('cgipool start held; cgipool scale held auto');
  const { problems } = await m.until('held', p => p.instances.filter(i => i.published).length === 2, 30);
  assert.match(problems.join(), /a program of user root \(uid 0\) listens on 8010/);
  await m.run('systemctl stop stranger');
});

test('with Listen=fd a worker that keeps exiting is backed off with its socket closed, and serves once fixed', async () => {
  const m = await machine();
  await addPool(m, 'bad', 'Listen=fd\nPorts=8020-8021', '');
  await m.write('/srv/modes/bad', 'exit 1');
  await m.run('cgipool install --no-wait');
  await m.until('bad', p => p.problems.length > 0, 30);
  await m.write('/srv/modes/bad', 'ok');
  await m.serving('bad', 1, 40);
  await m.run('rm /etc/cgipool/bad.pool; cgipool install');
  await m.await('[ -z "$(systemctl list-units --plain --no-legend "cgipool-bad@*")" ]');
});

test('cgipool uninstall closes the sockets of Listen=fd', async () => {
  const m = await machine();
  await m.run('cgipool uninstall');
  assert.equal(await m.run('systemctl list-units --plain --no-legend "cgipool-*@*"'), '');
  assert.equal(await m.run('ss -ltnH "sport >= 8000 and sport <= 8020"'), '');
  assert.equal(await m.run('ls -d /run/cgipool 2>/dev/null || true'), '');
});

test.run();
