import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addRude, askSlowly, RUDE_POOL, slowAnswer } from './rude.ts';
import { contents, remains } from './traces.ts';

const test = suite('e2e: uninstall');

/** An administrator's own server, unrelated to ours. */
const OWN_SITE = 'server { listen 127.0.0.1:8088; location / { return 200 "own\\n"; } }\n';

const machine = machineFor(test, 'uninstall', async m => {
  await m.write('/etc/nginx/conf.d/own.conf', OWN_SITE);
  await m.run('systemctl start nginx; systemctl reload nginx');
});

const CLI = 'node dist/cgipool.mjs';

/** Installs the program and one pool that serves. */
async function installed(): Promise<Machine> {
  const m = await machine();
  await addRude(m);
  await m.install('--no-samples');
  await m.serving('rude', 1);
  return m;
}

test('cgipool uninstall on a machine without cgipool says that there is nothing to do', async () => {
  const m = await machine();
  const changed = await contents(m);
  for (const option of ['', '--purge']) {
    const ran = await m.attempt(`${CLI} uninstall ${option}`);
    assert.deepEqual(ran, { code: 0, out: 'nothing was installed', err: '' });
  }
  assert.equal(await changed(), '');
});

test('cgipool uninstall requires root', async () => {
  const m = await installed();
  const ran = await m.attempt('setpriv --reuid=65534 --regid=65534 --clear-groups cgipool uninstall --purge');
  assert.equal(ran.code, 1);
  assert.equal(ran.err, 'cgipool: cgipool uninstall changes the system: use sudo cgipool uninstall');
  await m.serving('rude', 1);
});

test('cgipool uninstall waits for requests in flight', async () => {
  const m = await installed();
  await askSlowly(m);
  assert.match(await m.run('cgipool uninstall'), /^stopped all pools and removed them from nginx$/m);
  assert.equal(await slowAnswer(m), 'whole 200');
});

test('cgipool uninstall keeps pool files and the program, and removes the rest', async () => {
  const m = await machine();
  assert.equal(await remains(m), '');
  assert.equal(await m.run('cat /etc/cgipool/rude.pool'), RUDE_POOL.trim());
  assert.match(await m.run('ls /etc/cgipool; cgipool check'), /^rude\.pool\n1 valid pool: rude\n/);
  assert.equal(await m.run("curl -s -o /dev/null -w '%{http_code}' localhost/rude"), '404');
});

test('cgipool install after uninstall brings the pools back', async () => {
  const m = await machine();
  await m.run('cgipool install');
  await m.serving('rude', 1);
  assert.equal(await m.run('curl -s localhost/rude'), 'whole');
});

/** What may be broken when cgipool is uninstalled, and how to fix it for the next test. */
const TROUBLES: [string, string, string][] = [
  ['a dead controller', 'systemctl stop cgipool.service', ':'],
  ['a stopped nginx', 'systemctl stop nginx', 'systemctl start nginx'],
  ['a root without the folders of sbin in its PATH', 'export PATH=/usr/local/bin:/usr/bin:/bin', ':'],
];

for (const [trouble, make, fix] of TROUBLES)
  test(`cgipool uninstall works with ${trouble}`, async () => {
    const m = await installed();
    await m.run(`${make}; cgipool uninstall; ${fix}`);
    assert.equal(await remains(m), '');
    assert.equal(await m.run('curl -s localhost:8088'), 'own');
  });

test('cgipool uninstall works with a pool in a crash loop', async () => {
  const m = await installed();
  await m.pool('crash', '[Pool]\nExec=/bin/false\nPorts=8300-8309\n[Nginx]\nLocation=/crash\n');
  await m.run('cgipool install --no-wait');
  await m.await('systemctl is-failed --quiet "cgipool-crash@*"');
  await m.run('cgipool uninstall; rm /etc/cgipool/crash.pool');
  assert.equal(await remains(m), '');
});

test('cgipool uninstall names a server block that includes our routes, and removes nothing', async () => {
  const m = await installed();
  const mine = '/etc/nginx/conf.d/mine.conf';
  await m.write(mine, 'server { listen 127.0.0.1:8089; include /etc/nginx/cgipool/locations.conf; }\n');
  const changed = await contents(m);
  const ran = await m.attempt('cgipool uninstall --purge');
  assert.equal(ran.code, 1);
  assert.match(ran.err, /nothing was removed: .*locations\.conf.* in \/etc\/nginx\/conf\.d\/mine\.conf:1/s);
  assert.match(ran.err, /remove that line and try again\.$/);
  assert.equal(await changed(), '');
  assert.equal(await m.run('systemctl is-active cgipool.service cgipool-autoscale.timer'), 'active\nactive');
  await m.serving('rude', 1);
  assert.equal(await m.run(`curl -s localhost/rude; rm ${mine}`), 'whole');
});

test('cgipool uninstall works with a broken nginx configuration, and reports it', async () => {
  const m = await installed();
  await m.run('echo "nonsense;" >/etc/nginx/conf.d/broken.conf');
  const ran = await m.attempt('cgipool uninstall');
  assert.equal(ran.code, 0);
  assert.match(ran.err, /^warning: nginx was not reloaded .*nonsense/s);
  assert.equal(await remains(m), '');
  await m.run('rm /etc/nginx/conf.d/broken.conf; nginx -t; systemctl reload nginx');
});

/** An administrator's own files in directories of ours. */
const OWN_FILES = [
  ...['/etc/cgipool/auth.env', '/etc/cgipool/my.pool.d/notes', '/etc/cgipool/tls/site.key'],
  ...['/etc/cgipool/.pool', '/etc/nginx/cgipool/own.conf', '/var/lib/cgipool/backup.json'],
];

test('cgipool uninstall --purge removes no file that is not ours, and names what it kept', async () => {
  const m = await installed();
  for (const path of OWN_FILES) await m.write(path, path);
  await m.run('echo old >/etc/cgipool/rude.pool.rejected; ln -s /srv/elsewhere /etc/cgipool/linked.pool');
  await m.write('/srv/elsewhere', 'not below /etc/cgipool');
  const said = await m.run('cgipool uninstall --purge');
  const kept = said.split('\n').filter(line => line.startsWith('kept '));
  const dirs = ['/etc/cgipool/my.pool.d', '/etc/cgipool/tls'];
  const named = [...OWN_FILES.filter(path => !dirs.some(dir => path.startsWith(dir))), ...dirs].sort();
  assert.deepEqual(
    kept,
    named.map(path => `kept ${path}, which is not cgipool's`),
  );
  for (const path of [...OWN_FILES, '/srv/elsewhere']) await m.run(`test -s ${path}`);
  const left = 'find /etc/cgipool /etc/nginx/cgipool /var/lib/cgipool ! -type d | sort';
  assert.equal(await m.run(left), OWN_FILES.toSorted().join('\n'));
  await m.run('rm -r /etc/cgipool /etc/nginx/cgipool /var/lib/cgipool');
  assert.equal(await remains(m), '');
});

test("cgipool uninstall --purge leaves nothing behind, and an administrator's site loses no request", async () => {
  const m = await machine();
  await m.run(`${CLI} uninstall --purge; rm -rf /etc/cgipool /usr/local/lib/cgipool /usr/local/bin/cgipool`);
  const changed = await contents(m);
  await installed();
  assert.notEqual(await changed(), '');
  const ask = 'curl -sf -o /dev/null localhost:8088 && echo ok || echo failed';
  await m.run(
    `(until [ -e /srv/enough ]; do ${ask}; done >/srv/asked 2>&1; touch /srv/over) >/dev/null 2>&1 &`,
  );
  await m.await('grep -q ok /srv/asked');
  await m.run('cgipool uninstall --purge; wc -l </srv/asked >/srv/then');
  await m.await('[ $(wc -l </srv/asked) -gt $(($(cat /srv/then) + 5)) ]');
  await m.run('touch /srv/enough');
  await m.await('ls /srv/over');
  assert.equal(await m.run('sort -u /srv/asked'), 'ok');
  assert.equal(await remains(m), '');
  assert.equal(await changed(), '');
});

test.run();
