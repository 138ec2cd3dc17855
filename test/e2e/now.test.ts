import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

/* Status says what is now: whether a request would be answered. */
const test = suite('e2e: status is now');

const UPSTREAMS = '/etc/nginx/cgipool/upstreams.conf';
const NGINX_CONF = '/etc/nginx/nginx.conf';

/** Its instances run for three seconds before they listen. */
const lazy = (name: string, listen: string): string =>
  echoPool({ listen, location: `/${name}`, max: 2 })
    .replace('Exec=', 'Exec=/bin/sh -c "sleep 3; exec $0 $1" ')
    .replace('Interval=200ms', 'Probe=none');

const machine = machineFor(test, 'now', async m => {
  await bringEcho(m);
  await m.pool('shop', echoPool({ ports: '8000-8003', min: 2, max: 2, location: '/shop' }));
  await m.pool('lazy-tcp', lazy('lazy-tcp', 'Ports=8010-8012'));
  await m.pool('lazy-unix', lazy('lazy-unix', 'Listen=unix'));
  await m.install('--no-samples');
  for (const [name, count] of [
    ['shop', 2],
    ['lazy-tcp', 1],
    ['lazy-unix', 1],
  ] as const)
    await m.serving(name, count);
});

const code = (m: Machine, path: string): Promise<number> => statusOf(m, `http://localhost${path}`);
const isDown = ({ state }: PoolStatus): boolean => state === 'down';
const isOk = ({ state }: PoolStatus): boolean => state === 'ok';

/** Restarts a process of the pool's only instance, and returns what clients got until it was well again. */
async function asItStarts(m: Machine, pool: string): Promise<string[]> {
  const [before] = (await m.poolStatus(pool)).instances;
  await m.run(`systemctl restart ${before?.unit}`);
  const seen: string[] = [];
  for (;;) {
    const { state, instances } = await m.poolStatus(pool);
    const got = await code(m, `/${pool}`);
    // a state that changed while the request was under way counts neither way
    if ((await m.poolStatus(pool)).state === state) seen.push(`${state} ${got}`);
    if (state === 'ok' && instances[0]?.startedAt !== before?.startedAt) return [...new Set(seen)];
  }
}

for (const pool of ['lazy-tcp', 'lazy-unix'])
  test(`${pool}: without a probe, an instance that does not listen yet is not ok`, async () => {
    const m = await machine();
    const seen = await asItStarts(m, pool);
    // status may lag for a moment, and nginx still has the instance that was just stopped
    assert.deepEqual(seen.filter(each => !/^down (200|502)$/.test(each)).sort(), ['down 503', 'ok 200']);
  });

test('while the controller starts, no pool that serves is said to be down', async () => {
  const m = await machine();
  const seen = new Set<string>();
  for (let i = 0; i < 5; i++) {
    let isRestarting = true;
    const restarting = m.run('systemctl restart cgipool.service && cgipool status').finally(() => {
      isRestarting = false;
    });
    while (isRestarting)
      await m.poolStatus('shop').then(
        ({ state, healthy }) => seen.add(`${state} ${healthy}`),
        () => {}, // nobody answers yet
      );
    await restarting;
  }
  assert.deepEqual([...seen], ['ok 2']);
});

test('a pool that nginx refuses and has not had before is down, and sent to by nobody', async () => {
  const m = await machine();
  await m.pool('bad', echoPool({ ports: '8020-8021', location: '/bad', max: 2, nginx: 'Set=add_header X' }));
  assert.equal((await m.attempt('cgipool install')).code, 2);
  const found = (await m.status()).pools.find(({ name }) => name === 'bad');
  assert.equal(found?.instances.some(({ published }) => published) ?? false, false);
  assert.notEqual(found?.state ?? 'down', 'ok');
  assert.equal(await code(m, '/bad'), 404);
  await m.run('rm /etc/cgipool/bad.pool && cgipool install');
});

test('while nginx is stopped pools are down, and when it is started again they are not', async () => {
  const m = await machine();
  await m.run('systemctl stop nginx.service');
  await m.until('shop', isDown, 5);
  await m.await("cgipool status --json | grep -q 'nginx.service is inactive, so no requests arrive'");
  await m.run('systemctl start nginx.service');
  await m.until('shop', isOk, 5);
});

test('an nginx whose connections are used up serves nobody, and status says so', async () => {
  const m = await machine();
  await m.run(`cp ${NGINX_CONF} /srv/nginx.conf
    sed -i 's/worker_connections .*/worker_connections 24;/; s/worker_processes .*/worker_processes 1;/' ${NGINX_CONF}
    systemctl restart nginx.service`);
  await m.until('shop', isOk);
  // each holds a connection by a request that does not end: nginx closes those that have not begun
  await m.write(
    '/srv/hold.mjs',
    `import { connect } from 'node:net';
     const hold = () => connect(80, '127.0.0.1').on('error', () => {}).on('close', () => setTimeout(hold, 5))
       .write('GET / HTTP/1.1\\r\\n');
     for (let i = 0; i < 40; i++) hold();\n`,
  );
  await m.run('systemd-run -q --unit=hold node /srv/hold.mjs');
  await m.until('shop', isDown, 10);
  const asked = await m.run(
    "for i in $(seq 20); do curl -s -m 2 -o /dev/null -w '%{http_code} ' localhost/shop; done; true",
  );
  assert.match(asked, /(000|50\d) /);
  assert.match((await m.status()).problems.join(), /^nginx runs and does not answer, .*worker_connections/);
  await m.run('systemctl stop hold.service');
  await m.until('shop', isOk, 10);
  assert.equal(await code(m, '/shop'), 200);
  await m.run(`mv /srv/nginx.conf ${NGINX_CONF} && systemctl restart nginx.service`);
  await m.until('shop', isOk);
});

const CONFLICT = /two server blocks have the name localhost on \S+, and nginx ignores one of them/;

test('a server block with a name of ours is reported, until it is gone', async () => {
  const m = await machine();
  await m.write('/etc/nginx/conf.d/theirs.conf', 'server { listen 80; server_name localhost; }\n');
  await m.pool('more', echoPool({ ports: '8020-8021', location: '/more', max: 2 }));
  const { code: exit, err } = await m.attempt('cgipool install');
  assert.equal(exit, 0, err);
  assert.match(err, CONFLICT);
  assert.match((await m.status()).problems.join(), CONFLICT);
  await m.run('rm /etc/nginx/conf.d/theirs.conf /etc/cgipool/more.pool');
  assert.doesNotMatch((await m.attempt('cgipool install')).err, CONFLICT);
  assert.deepEqual((await m.status()).problems, []);
});

test("edits of nginx's files are lost as their header says, and that is reported", async () => {
  const m = await machine();
  assert.match(await m.run(`head -n 1 ${UPSTREAMS}`), /edits are lost/);
  await m.run(`sed -i 's/least_conn/random/' ${UPSTREAMS}`);
  await m.run('cgipool scale shop 3 --wait || cgipool scale shop auto --wait; cgipool restart shop --wait');
  await m.await(`! grep -q random ${UPSTREAMS}`);
  const LOST = `${UPSTREAMS}: somebody had edited it, and the edits are gone`;
  await m.await(`journalctl -q -p warning -u cgipool-publish.service | grep -qF '${LOST}'`);
  const times = `journalctl -q -p warning -u cgipool-publish.service | grep -cF '${LOST}'`;
  assert.equal(await m.run(times), '1');
  // unless a publish of the controller comes in between
  await m.await(`rm -f ${UPSTREAMS}; cgipool install 2>&1 | grep -F '${LOST}'`);
  assert.equal(await code(m, '/shop'), 200);
});

test('edits of a unit are lost as its header says, and install says so', async () => {
  const m = await machine();
  const unit = '/etc/systemd/system/cgipool-shop@.service';
  assert.match(await m.run(`head -n 1 ${unit}`), /Edits here are lost/);
  await m.run(`echo '# mine' >>${unit}`);
  const lost = `~ ${unit} (somebody edited it: the edits are lost)`;
  for (const command of ['cgipool install --dry-run', 'cgipool install'])
    assert.ok((await m.run(command)).split('\n').includes(lost), command);
  assert.match(await m.run('cgipool install'), /^nothing to change$/m);
});

test('workers that kept dying are no problem once their program is cured', async () => {
  const m = await machine();
  await m.write(
    '/srv/dies',
    `#!/bin/sh\n(sleep 3; kill -KILL $$) &\nexec ${process.execPath} /srv/echo.mjs\n`,
  );
  await m.run('chmod 755 /srv/dies');
  const frail = echoPool({ ports: '8030-8030', max: 1, location: '/frail' });
  await m.pool('frail', frail.replace(/^Exec=.*/m, 'Exec=/srv/dies'));
  await m.run('cgipool install');
  await m.until('frail', p => / keep dying/.test(p.problems.join()), 90);
  await m.pool('frail', frail);
  await m.run('cgipool install');
  assert.deepEqual((await m.poolStatus('frail')).problems, []);
});

test.run();
