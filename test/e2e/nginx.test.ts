import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { ask, bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: nginx routes');

/** Every file below /etc/nginx that is not ours: type, mode, owner, and content or link target. */
const others = (m: Machine): Promise<string> =>
  m.run(
    `cd /etc/nginx; find . -not -path './cgipool*' -not -path './conf.d/cgipool*' -printf '%p %y %M %u %g %l\\n' | sort
     find . -type f -not -path './cgipool*' -not -path './conf.d/cgipool*' -print0 | sort -z | xargs -0 sha256sum`,
  );

let untouched = '';

const machine = machineFor(test, 'nginx', async m => {
  await bringEcho(m);
  untouched = await others(m);
  await m.pool('all', echoPool({ ports: '8000-8001', location: '/api/search' }));
  await m.pool('deep', echoPool({ ports: '8010', location: '/api/search/deep', nginx: 'MaxBody=1K' }));
  await m.pool('cafe', echoPool({ ports: '8020', location: '/caf%C3%A9' }));
  await m.install('--no-samples');
  for (const pool of ['all', 'deep', 'cafe']) await m.serving(pool, 1);
});

test('a location matches itself and paths below it, not longer names', async () => {
  const m = await machine();
  assert.equal((await ask(m, 'http://localhost/api/search')).pool, 'all');
  assert.equal((await ask(m, 'http://localhost/api/search/')).pool, 'all');
  assert.equal((await ask(m, 'http://localhost/api/search/a/b.php')).pool, 'all');
  assert.equal(await statusOf(m, 'http://localhost/api/searching'), 404);
  assert.equal(await statusOf(m, 'http://localhost/api'), 404);
  assert.equal(await statusOf(m, 'http://localhost/'), 404);
});

test('the longest location wins', async () => {
  const m = await machine();
  assert.equal((await ask(m, 'http://localhost/api/search/deep')).pool, 'deep');
  assert.equal((await ask(m, 'http://localhost/api/search/deep/er')).pool, 'deep');
  assert.equal((await ask(m, 'http://localhost/api/search/deeper')).pool, 'all');
});

test('Location=/ gets all requests that match no other location', async () => {
  const m = await machine();
  await m.pool('rest', echoPool({ ports: '8030', location: '/' }));
  await m.run('cgipool install');
  await m.serving('rest', 1);
  assert.equal((await ask(m, 'http://localhost/')).pool, 'rest');
  assert.equal((await ask(m, 'http://localhost/api/searching')).pool, 'rest');
  assert.equal((await ask(m, 'http://localhost/api/search')).pool, 'all');
  await m.run('rm /etc/cgipool/rest.pool; cgipool install');
  assert.equal(await statusOf(m, 'http://localhost/api/searching'), 404);
});

test('the path and the query arrive as the client sent them', async () => {
  const m = await machine();
  const sent = '/api/search/a%2Fb%20c/./x//y?q=%C3%A9&q=a+b&empty=&%00';
  assert.equal((await ask(m, `--path-as-is 'http://localhost${sent}'`)).url, sent);
  const cafe = await ask(m, 'http://localhost/caf%C3%A9/%E2%98%95');
  assert.deepEqual([cafe.pool, cafe.url], ['cafe', '/caf%C3%A9/%E2%98%95']);
});

test('a worker gets the host, address and scheme of the client', async () => {
  const m = await machine();
  const { headers } = await ask(m, 'http://localhost/api/search');
  assert.equal(headers.host, 'localhost');
  assert.equal(headers['x-real-ip'], '127.0.0.1');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-host'], 'localhost');
});

test("the client's own forwarding headers are overridden, except for X-Forwarded-For's earlier addresses", async () => {
  const m = await machine();
  const lies = {
    'X-Forwarded-For': '192.0.2.1, 192.0.2.2',
    'X-Real-IP': '192.0.2.3',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'evil.example',
    Proxy: 'http://evil.example',
  };
  const given = Object.entries(lies).map(([name, value]) => `-H '${name}: ${value}'`);
  const { headers } = await ask(m, `${given.join(' ')} -H 'X-Own: kept' http://localhost/api/search`);
  assert.equal(headers['x-forwarded-for'], '192.0.2.1, 192.0.2.2, 127.0.0.1');
  assert.equal(headers['x-real-ip'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-host'], 'localhost');
  assert.equal(headers.proxy, undefined);
  assert.equal(headers['x-own'], 'kept');
});

test('HEAD, POST and a chunked PUT are passed on', async () => {
  const m = await machine();
  const head = await m.run('curl -sS -I http://localhost/api/search');
  assert.match(head, /^HTTP\/1.1 200 /);
  assert.match(head, /^x-worker: \d+\r?$/m);
  const post = await ask(m, "-d 'a=1&b=%26' 'http://localhost/api/search?q=1'");
  assert.deepEqual([post.method, post.body, post.url], ['POST', 'a=1&b=%26', '/api/search?q=1']);
  assert.equal(post.headers['content-type'], 'application/x-www-form-urlencoded');
  const put = await ask(
    m,
    "-X PUT -H 'Transfer-Encoding: chunked' --data-binary @/etc/services http://localhost/api/search",
  );
  assert.equal(put.length, Number(await m.run('stat -c %s /etc/services')));
});

test('a body larger than MaxBody= is refused', async () => {
  const m = await machine();
  await m.run('head -c 1024 /dev/zero | tr "\\0" x >/run/fits; (cat /run/fits; echo) >/run/over');
  const to = (path: string, body: string) => `--data-binary @/run/${body} http://localhost${path}`;
  assert.equal((await ask(m, to('/api/search/deep', 'fits'))).length, 1024);
  assert.equal(await statusOf(m, to('/api/search/deep', 'over')), 413);
  assert.equal((await ask(m, to('/api/search', 'over'))).length, 1025);
});

test('a WebSocket carries frames both ways', async () => {
  const m = await machine();
  const said = await m.run(
    'node test/e2e/programs/websocket.mjs http://localhost/api/search/ws hello "and again"',
  );
  assert.deepEqual(said.split('\n'), ['101', 'hello', 'and again']);
});

test('an upgrade other than WebSocket does not reach a worker', async () => {
  const m = await machine();
  const h2c =
    "-H 'Connection: Upgrade, HTTP2-Settings' -H 'Upgrade: h2c' -H 'HTTP2-Settings: AAMAAABkAAQAAP__'";
  const { headers } = await ask(m, `${h2c} http://localhost/api/search`);
  assert.equal(headers.upgrade, undefined);
  assert.equal(headers.connection, 'close');
});

test('a streamed answer arrives as it is made', async () => {
  const m = await machine();
  const status = await statusOf(m, 'http://localhost/api/search/go');
  assert.equal(status, 200);
  const reading = m.run(
    'curl -sSN -m 20 http://localhost/api/search/stream >/run/streamed; cat /run/streamed',
  );
  await m.await('grep -x first /run/streamed');
  assert.equal(await m.run('grep -cx second /run/streamed || true'), '0');
  assert.equal(await m.run('curl -sS http://localhost/api/search/go'), '1');
  assert.equal(await reading, 'first\nsecond');
});

test("an administrator's own server block routes to the pools by one include", async () => {
  const m = await machine();
  const block = `server {
    listen 127.0.0.1:8090;
    server_name own.example;
    add_header X-Mine yes;
    location ~ \\.php$ { return 410; }
    location / { return 200 "mine\\n"; }
    include /etc/nginx/cgipool/locations.conf;
  }`;
  await m.write('/etc/nginx/sites-enabled/own.conf', block);
  await m.run('systemctl reload nginx');
  await m.await('curl -sf http://127.0.0.1:8090/ | grep -x mine');
  const { pool, headers } = await ask(
    m,
    "-H 'Host: own.example:8090' http://127.0.0.1:8090/api/search/index.php",
  );
  assert.equal(pool, 'all', "their regex location does not match the pool's paths");
  assert.equal(headers.host, 'own.example:8090', 'with the port, which absolute links need');
  assert.equal(await statusOf(m, 'http://127.0.0.1:8090/index.php'), 410);
  assert.equal(await statusOf(m, 'http://127.0.0.1:8090/pool-status'), 200);
  await m.run('rm /etc/nginx/sites-enabled/own.conf; systemctl reload nginx');
});

test('/pool-status returns the status as JSON and is not cached', async () => {
  const m = await machine();
  const head = await m.run('curl -sS -D - -o /run/answer http://localhost/pool-status');
  assert.match(head, /^HTTP\/1.1 200 /);
  assert.match(head, /^Content-Type: application\/json\r?$/m);
  assert.match(head, /^Cache-Control: no-store\r?$/m);
  assert.doesNotMatch(head, /^ETag/m);
  const web = JSON.parse(await m.run('cat /run/answer'));
  const cli = JSON.parse(await m.run('cgipool status --json'));
  assert.deepEqual(Object.keys(web), ['version', 'at', 'installedAt', 'generation', 'problems', 'pools']);
  const timeless = (text: unknown) =>
    JSON.stringify(text, (key, value) => (/^(at|cpu|connections|detail)$/.test(key) ? 0 : value));
  assert.equal(timeless(web), timeless(cli), 'the same as cgipool status --json');
  assert.ok(Math.abs(Date.parse(web.at) - Date.now()) < 30_000, web.at);
});

test('/pool-status answers loopback and the networks of StatusAllow= only', async () => {
  const m = await machine();
  await m.run('ip address add 192.0.2.7/32 dev lo');
  const outside = "--interface 192.0.2.7 -H 'Host: localhost' http://192.0.2.7";
  assert.equal((await ask(m, `${outside}/api/search`)).headers['x-real-ip'], '192.0.2.7');
  assert.equal(await statusOf(m, `${outside}/pool-status`), 403);
  assert.equal(await statusOf(m, "-g -H 'Host: localhost' 'http://[::1]/pool-status'"), 200);
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nStatusAllow=127.0.0.1 192.0.2.0/24\n');
  await m.run('cgipool install');
  assert.equal(await statusOf(m, `${outside}/pool-status`), 200);
  assert.equal(await statusOf(m, "-g -H 'Host: localhost' 'http://[::1]/pool-status'"), 403);
  await m.run('rm /etc/cgipool/cgipool.conf; cgipool install; ip address del 192.0.2.7/32 dev lo');
});

test('/pool-status answers 503 in the same format while the controller is stopped', async () => {
  const m = await machine();
  await m.run('systemctl stop cgipool.service');
  const head = await m.run('curl -sS -D - -o /run/answer http://localhost/pool-status');
  assert.match(head, /^HTTP\/1.1 503 /);
  assert.match(head, /^Content-Type: application\/json\r?$/m);
  assert.match(head, /^Retry-After: \d+\r?$/m);
  const { at, ...rest } = JSON.parse(await m.run('cat /run/answer'));
  assert.ok(Date.parse(at) > 0, at);
  const problems = ['the controller does not run: systemctl status cgipool.service'];
  assert.deepEqual(rest, { version: 1, generation: null, problems, pools: [] });
  assert.equal(await statusOf(m, 'http://localhost/api/search'), 200);
  await m.run('systemctl start cgipool.service');
  await m.await('curl -sf http://localhost/pool-status');
});

test('a pool without healthy instances answers 503 with Retry-After until one is healthy', async () => {
  const m = await machine();
  await m.run(
    'mv /srv/echo.mjs /srv/gone.mjs; systemctl kill --kill-whom=main -s KILL cgipool-deep@8010.service',
  );
  await m.await("curl -s -D - -o /dev/null http://localhost/api/search/deep/x | grep -q '^HTTP/1.1 503'");
  const head = await m.run('curl -sS -D - -o /dev/null http://localhost/api/search/deep/x');
  assert.match(head, /^Retry-After: \d+\r?$/m);
  assert.equal((await m.poolStatus('deep')).state, 'down');
  await m.run('nginx -t');
  assert.match(await m.run('nginx -T 2>/dev/null'), /upstream cgipool_deep \{[^}]*down;[^}]*\}/);
  assert.equal((await ask(m, 'http://localhost/api/search/x')).pool, 'all');
  await m.run('mv /srv/gone.mjs /srv/echo.mjs');
  await m.await('curl -sf http://localhost/api/search/deep/x', 40);
});

test("install and uninstall do not edit the administrator's nginx configuration", async () => {
  const m = await machine();
  assert.equal(await others(m), untouched, 'by install');
  await m.run('cgipool uninstall --purge');
  assert.equal(await others(m), untouched, 'by uninstall');
  assert.equal(await m.run('ls -d /etc/nginx/cgipool /etc/nginx/conf.d/* 2>/dev/null || true'), '');
  await m.run('nginx -t && systemctl is-active nginx');
  assert.equal(await statusOf(m, 'http://localhost/api/search'), 404);
  await m.run('echo "# mine" >>/etc/nginx/nginx.conf');
  assert.notEqual(await others(m), untouched, 'the comparison detects an edit');
});

test.run();
