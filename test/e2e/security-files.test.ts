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

/** Lines that follow those of [Nginx]. */
const SECRETS = 'Set=proxy_set_header X-Token hunter2\n[Service]\nEnvironment=PASSWORD=hunter2\n';

/** The files of ours that hold the secret and that anybody may read. */
const leaks = (m: Machine): Promise<string> =>
  m.run(`setpriv --reuid=games --regid=games --clear-groups grep -rlF hunter2 /etc /var/lib /run/cgipool* \\
    /run/systemd/transient /run/systemd/generator* 2>/dev/null || :`);

test('what a pool file that only root may read says is in no file that others may read', async () => {
  const m = await machine();
  await addPool(m, 'closed', '8100-8102', SECRETS);
  await m.run('chmod 600 /etc/cgipool/closed.pool; cgipool install');
  const { instances } = await m.serving('closed', 1);
  assert.equal(await leaks(m), '');
  const units = '/etc/systemd/system/cgipool-closed@.service /etc/systemd/system/cgipool-closed.slice';
  assert.equal(
    await m.run(
      `stat -c '%a %U:%G' ${units} /etc/nginx/cgipool/locations.conf /var/lib/cgipool/installed.json`,
    ),
    '600 root:root\n600 root:root\n600 root:root\n640 root:cgipool',
  );
  await m.run('chmod 644 /etc/cgipool/closed.pool');
  assert.match(await m.run('cgipool install --dry-run'), /^~ .*closed@\.service \(mode 0644\)$/m);
  await m.run('cgipool install');
  assert.match(await leaks(m), /closed@\.service/, 'the administrator may change their mind');
  await m.run('chmod 600 /etc/cgipool/closed.pool; cgipool install');
  assert.equal(await leaks(m), '');
  const now = await m.serving('closed', 1);
  assert.deepEqual(
    now.instances.map(i => i.pid),
    instances.map(i => i.pid),
    'nobody was restarted for it',
  );
});

test('routes are closed and opened with the pool files they come of, while nginx goes on', async () => {
  const m = await machine();
  const mode = 'stat -c %a /etc/nginx/cgipool/locations.conf';
  await m.run('systemctl restart cgipool.service; systemctl start cgipool-publish.service');
  assert.equal(await m.run(mode), '600', 'by the record of what is installed');
  await m.run('rm /etc/cgipool/closed.pool; cgipool install');
  assert.equal(await m.run(mode), '644');
  await m.serving('jobs', 2, 40);
});

test.run();
