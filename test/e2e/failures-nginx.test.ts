import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code, untilProblem } from './workers/workers.ts';

const test = suite('e2e: nginx missing, stopped, or with a broken configuration');
const machine = machineFor(test, 'failures-nginx', async m => {
  await addPool(m, 'good', '8000-8003', '[Scale]\nCPU=none\n');
});

const BROKEN = '/etc/nginx/conf.d/of-the-administrator.conf';
const breakIt = (m: Machine): Promise<string> =>
  m.write(BROKEN, 'server { listen 8090; bogus_directive on; }\n');

test('without nginx the workers run, and status names the missing package', async () => {
  const m = await machine();
  // install.sh would install nginx: its first run does all but cgipool install, then nginx is removed
  await m.run('mkdir -p /srv/pools; mv /etc/cgipool/good.pool /srv/pools/');
  await m.install('--no-samples');
  await m.run(
    'cgipool uninstall; systemctl stop nginx; mkdir -p /etc/cgipool; mv /srv/pools/good.pool /etc/cgipool/',
  );
  await m.run(
    'mkdir -p /srv/hidden; cp -a /etc/nginx /srv/hidden/nginx.d; mv /usr/sbin/nginx /srv/hidden/nginx',
  );
  await m.run(
    'mv /etc/init.d/nginx /srv/hidden/nginx.init; mv /lib/systemd/system/nginx.service /srv/hidden/; rm -r /etc/nginx; systemctl daemon-reload',
  );
  const { code: status, err, out } = await m.attempt('cgipool install');
  assert.equal(status, 1, out);
  assert.match(err, /nginx is not installed: apt-get install nginx/);
  assert.match(out, /good: 1 of 1 healthy/);
  assert.match(await m.run('cgipool status'), /nginx is not installed: apt-get install nginx/);
  assert.match(
    await m.run('journalctl -q -o cat -u cgipool-publish'),
    /nginx is not installed: apt-get install nginx/,
  );
  assert.equal(await m.run('curl -s -o /dev/null -w %{http_code} http://127.0.0.1:8000/'), '200');
});

test('once nginx is installed it serves the pools without another command', async () => {
  const m = await machine();
  await m.run(
    'cp -an /srv/hidden/nginx.d/. /etc/nginx/; mv /srv/hidden/nginx /usr/sbin/; mv /srv/hidden/nginx.init /etc/init.d/nginx',
  );
  await m.run(
    'mv /srv/hidden/nginx.service /lib/systemd/system/; systemctl daemon-reload; systemctl start nginx',
  );
  await m.serving('good', 1, 30);
  await untilProblem(m, text => text === '');
  assert.equal(await code(m, '/good'), '200');
});

test('a stopped nginx is reported with the fix, and serves once it is started', async () => {
  const m = await machine();
  await m.run('systemctl stop nginx');
  const problem = await untilProblem(m, text => !/^(|.*deactivating.*)$/.test(text));
  assert.equal(
    problem,
    'nginx.service is inactive, so no requests arrive: systemctl start nginx (journalctl -u nginx)',
  );
  // changes in the meantime are served when it starts
  await m.run('cgipool scale good 2');
  await m.serving('good', 2);
  await m.run('systemctl start nginx');
  await untilProblem(m, text => text === '');
  assert.equal(await code(m, '/good'), '200');
  assert.match(await m.run('cat /etc/nginx/cgipool/upstreams.conf'), /127\.0\.0\.1:8001/);
});

test('cgipool install starts a stopped nginx', async () => {
  const m = await machine();
  await m.run('systemctl stop nginx');
  await m.run('cgipool install');
  assert.equal(await m.run('systemctl is-active nginx'), 'active');
  assert.equal(await code(m, '/good'), '200');
});

test('a broken nginx configuration is reported with its line, and pools keep serving', async () => {
  const m = await machine();
  await m.serving('good', 2);
  await breakIt(m);
  await m.run('cgipool scale good 3');
  const problem = await untilProblem(m, text => text !== '');
  assert.match(
    problem,
    /nginx: .*unknown directive "bogus_directive" in \/etc\/nginx\/conf\.d\/of-the-administrator\.conf:1/s,
  );
  assert.equal(await code(m, '/good'), '200');
  // between two attempts: during each, the new files are there for nginx to test
  await m.await('! grep -q :8002 /etc/nginx/cgipool/upstreams.conf');
  await addPool(m, 'late', '8100-8103');
  const { code: status, err } = await m.attempt('cgipool install');
  assert.equal(status, 1);
  assert.match(err, /nginx configuration unchanged: .*bogus_directive/s);
  assert.equal(await code(m, '/good'), '200');
  // between two attempts no files are left behind
  await m.await(`[ -z "$(find /etc/nginx -name '*.cgipool-old' -o -name '*.cgipool-new')" ]`);
});

test('once the nginx configuration is fixed all is published without another command', async () => {
  const m = await machine();
  await m.run(`rm ${BROKEN}`);
  await m.serving('good', 3, 30);
  await m.serving('late', 1, 30);
  await untilProblem(m, text => text === '');
  assert.equal(await code(m, '/late'), '200');
});

test('with a stopped and broken nginx, cgipool install does the rest; nginx serves once fixed and started', async () => {
  const m = await machine();
  await breakIt(m);
  await m.run('systemctl stop nginx cgipool.service');
  await addPool(m, 'third', '8200-8203');
  const { code: status, err, out } = await m.attempt('cgipool install');
  assert.equal(status, 1);
  assert.match(err, /bogus_directive/);
  assert.match(out, /third: 1 of 1 healthy/);
  await untilProblem(m, text => /nginx\.service is (inactive|failed), .*systemctl start nginx/.test(text));
  await m.run(`rm ${BROKEN}; systemctl start nginx`);
  await m.serving('third', 1, 30);
  await untilProblem(m, text => text === '');
  for (const name of ['good', 'late', 'third']) assert.equal(await code(m, `/${name}`), '200');
});

test('if another server has the port of the site it is reported, and the workers run', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nListen=80\nListen=8070\n');
  await m.run('systemd-run --quiet --unit taker /usr/bin/python3 -m http.server --bind 0.0.0.0 8070');
  await m.await('ss -Hltn sport = :8070 | grep 8070');
  const { code: status, err } = await m.attempt('cgipool install');
  assert.equal(status, 1);
  assert.match(err, /kept its old configuration.*bind\(\) to 0\.0\.0\.0:8070 failed.*in use/);
  assert.equal(await code(m, '/good'), '200');
  await m.run('systemctl stop taker');
  await m.run('cgipool install');
  assert.equal(await m.run('curl -s -o /dev/null -w %{http_code} http://localhost:8070/good'), '200');
});

test('an nginx without a main process known to systemd is reloaded by its unit', async () => {
  const m = await machine();
  await m.write(
    '/etc/systemd/system/nginx.service.d/zz.conf',
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nPIDFile=\nRestart=no\n',
  );
  await m.run('systemctl daemon-reload; systemctl restart nginx');
  assert.equal(await m.run('systemctl show -P MainPID nginx'), '0');
  const { desired } = await m.poolStatus('good');
  await m.run(`cgipool scale good ${desired + 1}`);
  await m.serving('good', desired + 1);
  assert.match(await m.run('journalctl -q -u nginx -o cat -n 1'), /^Reloaded /);
});

test.run();
