import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, tickSoon } from './workers/workers.ts';

const test = suite('e2e: files of other users');

const metric = (path: string): string =>
  `[Scale]\nCPU=none\nExternal=10\nMetric=file:${path}\nStableWindow=1s\nWindow=1s\n`;

/** More than Node.js has threads for files. */
const ODD: [name: string, ports: string, path: string][] = [
  ...[1, 2, 3, 4, 5].map((n): [string, string, string] => [`fifo${n}`, `80${n}0-80${n}2`, '/srv/fifo']),
  ['zero', '8060-8062', '/dev/zero'],
  ['full', '8070-8072', '/srv/zero'],
  ['folder', '8080-8082', '/srv'],
];

const machine = machineFor(test, 'files', async m => {
  await m.run('mkfifo -m 666 /srv/fifo; ln -s /dev/zero /srv/zero; echo 5 >/srv/jobs');
  for (const [name, ports, path] of ODD) await addPool(m, name, ports, metric(path));
  await addPool(m, 'jobs', '8090-8092', metric('/srv/jobs'));
  await tickSoon(m);
  await m.install('--no-samples');
});

const controller = (m: Machine): Promise<string> =>
  m.run('systemctl show -P MainPID -P NRestarts cgipool.service | xargs');

const noData = (m: Machine, pool: string): Promise<string> =>
  m.await(`cgipool why ${pool} | grep "external: no data"`, 30);

test('a FIFO, an endless device or a directory in Metric=file: is no data and does not block the controller', async () => {
  const m = await machine();
  const before = await controller(m);
  for (const [name] of ODD) {
    await m.serving(name, 1, 40);
    await noData(m, name);
  }
  await m.run('echo 25 >/srv/jobs');
  await m.serving('jobs', 3, 40);
  assert.equal(await controller(m), before);
  const peak = await m.run('grep VmHWM /proc/$(systemctl show -P MainPID cgipool.service)/status');
  assert.ok(Number(/\d+/.exec(peak)?.[0]) < 250_000, peak);
});

test('a FIFO in Metric=file: does not delay a restart of the controller', async () => {
  const m = await machine();
  const took = await m.run(
    's=$(date +%s%3N); systemctl restart cgipool.service; echo $(($(date +%s%3N) - s))',
  );
  assert.ok(Number(took) < 4000, `${took} ms; after 5 s systemd kills it`);
  await m.serving('jobs', 3, 40);
});

test('Metric=file: has no data once the file is older than MetricMaxAge=; a time in the future is accepted', async () => {
  const m = await machine();
  await m.run('touch -d "-6 min" /srv/jobs');
  await noData(m, 'jobs');
  assert.equal((await m.poolStatus('jobs')).desired, 3);
  await m.run('echo 15 >/srv/jobs; touch -d "+1 day" /srv/jobs');
  await m.serving('jobs', 2, 40);
});

test('cgipool status fails at once if status.json is a FIFO, an endless file or a directory', async () => {
  const m = await machine();
  await m.run('systemctl kill --signal=STOP --kill-who=main cgipool.service');
  for (const make of ['mkfifo status.json', 'ln -s /dev/zero status.json', 'mkdir status.json']) {
    await m.run(`cd /run/cgipool-controller; rm -rf status.json; ${make}`);
    const ran = await m.attempt(
      'setpriv --reuid=games --regid=games --clear-groups timeout 10 cgipool status',
    );
    assert.equal(ran.code, 1, `${make}: ${ran.err}`);
    assert.match(ran.err, /^cgipool: \/run\/cgipool-controller\/status\.json: .*systemctl status/, make);
  }
  await m.run('rm -rf /run/cgipool-controller/status.json; systemctl kill --signal=CONT cgipool.service');
  await m.serving('jobs', 2, 40);
});

test.run();
