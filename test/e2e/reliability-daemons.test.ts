import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { bringSearch, crowd, row } from './chaos.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: daemons die and are restarted under 200 requests/s');

const URL = '/crowd?q=x&delay=5';

const machine = machineFor(test, 'rel-daemons', async m => {
  await bringSearch(m);
  await m.pool('crowd', crowd('/crowd', '8000-8009'));
  await m.install('--no-samples');
});

for (const [what, command] of [
  [
    'kill -9 of the controller, five times',
    'for i in 1 2 3 4 5; do systemctl kill -s KILL cgipool; sleep 1; done',
  ],
  ['restart of the controller', 'systemctl restart cgipool'],
  ['restart of polkit', 'systemctl restart polkit'],
  ['restart of dbus', 'systemctl restart dbus; sleep 2'],
  ['daemon-reload, ten times', 'for i in $(seq 10); do systemctl daemon-reload; done'],
  ['daemon-reexec, three times', 'for i in 1 2 3; do systemctl daemon-reexec; sleep 0.5; done'],
  [
    'kill -9 of the publish step',
    'for i in 1 2 3; do systemctl start --no-block cgipool-publish; sleep 0.1; systemctl kill -s KILL cgipool-publish; done; true',
  ],
  ['reload of nginx by hand, five times', 'for i in 1 2 3 4 5; do systemctl reload nginx; sleep 0.2; done'],
] as const)
  test(`${what}: no request is lost, no worker restarts, and the controller works afterwards`, async () => {
    const m = await machine();
    const before = await m.serving('crowd', 4, 30);
    const load = await row(m, what, URL, async () => {
      await m.run(command);
      await m.await('cgipool status crowd', 30);
      await m.serving('crowd', 4, 30);
    });
    assert.equal(load.failed, 0, load.summary);
    const after = await m.serving('crowd', 4);
    assert.deepEqual(
      after.instances.map(i => i.pid),
      before.instances.map(i => i.pid),
    );
    // the controller still works: by a signal, a restart, a probe and a pass
    await m.signal('KILL', 'crowd', 8001);
    await m.until(
      'crowd',
      p => p.healthy === 4 && p.instances.every(i => i.pid !== before.instances[1]?.pid),
    );
  });

test('a killed nginx is restarted, and only requests in between are lost', async () => {
  const m = await machine();
  await m.serving('crowd', 4);
  let seconds = 0;
  const load = await row(m, 'kill -9 of nginx', URL, async () => {
    const began = performance.now();
    await m.run('systemctl kill -s KILL nginx');
    await m.await('curl -sf http://localhost/crowd?q=x');
    seconds = (performance.now() - began) / 1000;
    await m.serving('crowd', 4);
  });
  // 200 a second until it answers again, however long a busy machine takes for that
  assert.ok(load.failed <= 200 * seconds, `${load.summary}; it answered after ${seconds} s`);
  assert.deepEqual(
    Object.keys(load.statuses).filter(s => !['200', 'ECONNREFUSED', 'ECONNRESET'].includes(s)),
    [],
  );
});

test('with a broken nginx configuration no request is lost, and killed workers are still replaced', async () => {
  const m = await machine();
  await m.serving('crowd', 4);
  const load = await row(m, 'a broken nginx configuration by hand, and a worker killed', URL, async () => {
    await m.write('/etc/nginx/conf.d/theirs.conf', 'no_such_directive on;');
    await m.run('systemctl reload nginx || true');
    await m.signal('KILL', 'crowd', 8002);
    await m.until('crowd', p =>
      p.instances.some(i => i.slot === 8002 && i.restarts > 0 && i.state === 'healthy'),
    );
    await m.run('rm /etc/nginx/conf.d/theirs.conf');
  });
  assert.equal(load.failed, 0, load.summary);
  await m.serving('crowd', 4, 30);
});

test.run();
