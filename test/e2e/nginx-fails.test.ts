import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: nginx fails');

const STRAY = '/etc/nginx/conf.d/stray.conf';
const URL = 'http://localhost/api';

const machine = machineFor(test, 'nginx-fails', async m => {
  await bringEcho(m);
  await m.pool('echo', echoPool({ ports: '8000-8009', max: 5, location: '/api' }));
  await m.install('--no-samples');
  await m.serving('echo', 1);
});

const TEXTS = 'sha256sum /etc/nginx/conf.d/cgipool.conf /etc/nginx/cgipool/*';
const texts = (m: Machine): Promise<string> => m.run(TEXTS);
const problems = async (m: Machine): Promise<string> => (await m.status()).problems.join('\n');
const healed = (m: Machine, seconds = 30): Promise<string> =>
  m.await(
    `cgipool status --json | node -e 'const s = JSON.parse(require("fs").readFileSync(0)); process.exit(s.problems.length)'`,
    seconds,
  );

/** A client that reads across reloads: its nginx worker stays until it is done. */
const HELD = `curl -sN -m 100 ${URL}/stream >/run/held-$i 2>/dev/null & until grep -q first /run/held-$i; do sleep 0.02; done`;
const ENDING = "pgrep -fc 'n[g]inx: worker process is shutting down'";

test('nginx is not reloaded while more than ten old configurations still serve clients', async () => {
  const m = await machine();
  await m.run(
    `for i in $(seq 11); do ${HELD}; systemctl reload nginx; until [ $(${ENDING}) = $i ]; do sleep 0.02; done; done`,
  );
  await m.run('cgipool scale echo 2');
  const refused = '11 old configurations of nginx still serve requests';
  await m.await(`cgipool status | grep -F '${refused}'`);
  assert.equal((await m.poolStatus('echo')).instances.filter(each => each.published).length, 1);
  assert.equal(await statusOf(m, URL), 200);
  await m.run(`curl -sf ${URL}/go`);
  await m.serving('echo', 2, 30);
  await m.run('cgipool scale echo 1');
  await m.serving('echo', 1);
  await healed(m);
});

test("a mistake in nginx's configuration is reported in nginx's words, and publishing resumes once it is fixed", async () => {
  const m = await machine();
  await m.write(STRAY, 'servr { }\n');
  const before = await texts(m);
  await m.run('cgipool scale echo 2');
  await m.until('echo', p => p.healthy === 2);
  await m.await(`cgipool status | grep -F 'unknown directive "servr" in ${STRAY}:1'`);
  await m.await(`journalctl -t cgipool-publish -o cat | grep -F 'unknown directive "servr" in ${STRAY}:1'`);
  // between two attempts: during each, the new files are there for nginx to test
  await m.await(`[ "$(${TEXTS})" = "${before}" ]`);
  assert.equal(await statusOf(m, URL), 200);
  assert.equal((await m.poolStatus('echo')).instances.filter(i => i.published).length, 1);
  await m.run(`rm ${STRAY}`);
  await m.serving('echo', 2, 70);
  await healed(m);
});

test('a new route that could not be published is published once nginx is fixed', async () => {
  const m = await machine();
  await m.write(STRAY, 'servr { }\n');
  await m.pool('echo', echoPool({ ports: '8000-8009', max: 5, location: '/moved' }));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 1);
  assert.match(err, /nginx configuration unchanged: .*unknown directive "servr"/);
  assert.equal(await statusOf(m, URL), 200);
  await m.run(`rm ${STRAY}`);
  await m.await('curl -sf http://localhost/moved', 70);
  await healed(m);
  await m.pool('echo', echoPool({ ports: '8000-8009', max: 5, location: '/api' }));
  await m.run('cgipool install');
  assert.equal(await statusOf(m, URL), 200);
});

test('a reload without effect is reported with the port that is taken', async () => {
  const m = await machine();
  await m.run('systemd-run -q --unit=stranger python3 -m http.server 8085');
  await m.await('curl -sf http://127.0.0.1:8085/');
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nListen=80\nListen=8085\n');
  const before = await texts(m);
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 1);
  assert.match(err, /kept its old configuration.*bind\(\) to 0\.0\.0\.0:8085 failed.*in use/);
  assert.match(await problems(m), /bind\(\) to 0\.0\.0\.0:8085 failed/);
  await m.run('systemctl stop stranger');
  assert.equal(await statusOf(m, URL), 200);
  await m.await('curl -sf http://localhost:8085/api', 70);
  await healed(m);
  assert.notEqual(await texts(m), before);
  await m.run('rm /etc/cgipool/cgipool.conf; cgipool install');
});

test('publishing to a stopped nginx succeeds, and nginx serves the current instances when it starts', async () => {
  const m = await machine();
  await m.run('systemctl stop nginx; cgipool scale echo 1');
  await m.serving('echo', 1);
  assert.match(await problems(m), /^nginx\.service is inactive, .*systemctl start nginx/);
  await m.run('systemctl start nginx');
  assert.equal(await statusOf(m, URL), 200);
  const { generation } = await m.status();
  assert.equal(await m.run('curl -sf http://127.0.0.1:298/generation'), String(generation));
});

test('an nginx that failed to start is started once its configuration loads, and tried no more often than needed', async () => {
  const m = await machine();
  await m.write(STRAY, 'servr { }\n');
  await m.attempt('systemctl restart nginx');
  assert.equal(await m.run('systemctl is-active nginx || true'), 'failed');
  await m.await("cgipool status | grep 'nginx.service is failed'");
  const since = await m.mark();
  await m.await(
    '[ $(journalctl -o cat -u cgipool.service | grep -c "^publish: nginx.service has failed") -ge 3 ]',
    60,
  );
  const tries = await m.run(`journalctl -o cat -u nginx ${since} | grep -c '^Starting' || true`);
  assert.ok(Number(tries) <= 4, `${tries} starts of nginx`);
  await m.run(`rm ${STRAY}`);
  await m.await(`curl -sf ${URL}`, 70);
  await healed(m);
});

test('a long host name is served, with or without a server_names_hash_bucket_size of the administrator', async () => {
  const m = await machine();
  const name = `${'a'.repeat(60)}.${'b'.repeat(40)}.example`;
  await m.write('/etc/cgipool/cgipool.conf', `[Nginx]\nServerName=localhost ${name}\n`);
  await m.run('cgipool install');
  const asked = `-H 'Host: ${name}' ${URL}`;
  assert.equal(await statusOf(m, asked), 200);
  for (const count of [2, 1]) {
    await m.run(count === 2 ? `echo 'server_names_hash_bucket_size 256;' >${STRAY}` : `rm ${STRAY}`);
    await m.run(`cgipool scale echo ${count}`);
    await m.serving('echo', count, 30);
    assert.deepEqual((await m.status()).problems, []);
    assert.match(await m.run('cgipool install'), /^nothing to change$/m);
    await m.run('systemctl restart nginx');
    assert.equal(await statusOf(m, asked), 200);
  }
  await m.run('rm /etc/cgipool/cgipool.conf; cgipool install; cgipool scale echo auto');
});

test('a killed nginx is restarted', async () => {
  const m = await machine();
  const pid = await m.run('cat /run/nginx.pid');
  await m.run(`kill -KILL ${pid}`);
  await m.await(
    `[ "$(systemctl show -P MainPID nginx)" -gt 1 ] && [ "$(systemctl show -P MainPID nginx)" != ${pid} ]`,
  );
  await m.await(`curl -sf ${URL}`);
});

test('cgipool install without nginx says what to do, and the workers run', async () => {
  const m = await machine();
  await m.run('systemctl stop nginx; systemctl mask --quiet nginx; mv /usr/sbin/nginx /run/nginx.away');
  await m.pool('more', echoPool({ ports: '8020', location: '/more' }));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 1);
  assert.match(err, /nginx is not installed: apt-get install nginx/);
  await m.until('more', p => p.healthy === 1);
  assert.equal(await statusOf(m, 'http://127.0.0.1:8020/'), 200);
  assert.match(await problems(m), /apt-get install nginx/);
  await m.run('mv /run/nginx.away /usr/sbin/nginx; systemctl unmask --quiet nginx; systemctl start nginx');
  await m.await('curl -sf http://localhost/more', 70);
  await healed(m);
});

test.run();
