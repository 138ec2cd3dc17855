import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { answerOcsp, certify } from './authority.ts';
import { ask, bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: nginx with TLS');

const CONF = `[Nginx]
ServerName=pools.example
TLSCertificate=/etc/ssl/pools.pem
TLSKey=/etc/ssl/private/pools.key
`;

const machine = machineFor(test, 'tls', async m => {
  await bringEcho(m);
  await certify(m);
  const header = 'Set=add_header X-Frame-Options DENY always\n';
  await m.pool('echo', echoPool({ ports: '8000-8003', location: '/api', nginx: header }));
  await m.write('/etc/cgipool/cgipool.conf', CONF);
  await m.install('--no-samples');
  await m.pool('ill', `[Pool]\nExec=/bin/false\nPorts=8010\n[Nginx]\nLocation=/ill\n${header}`);
  await m.run('cgipool install --no-wait');
  await m.serving('echo', 1);
});

const RESOLVE = '--resolve pools.example:443:127.0.0.1 --resolve pools.example:80:127.0.0.1';
const TRUSTED = `${RESOLVE} --cacert /etc/ssl/ca.pem`;

test('HTTPS uses the certificate of cgipool.conf, and workers get X-Forwarded-Proto', async () => {
  const m = await machine();
  const { headers } = await ask(m, `${TRUSTED} https://pools.example/api`);
  assert.equal(headers['x-forwarded-proto'], 'https');
  assert.equal(headers.host, 'pools.example');
  assert.equal(
    (await m.attempt(`curl -sS ${RESOLVE} https://pools.example/api`)).code,
    60,
    'curl does check',
  );
});

test('HTTPS works over HTTP/1.1 and HTTP/2', async () => {
  const m = await machine();
  const version = (option: string): Promise<string> =>
    m.run(
      `curl -sS ${option} ${TRUSTED} -o /dev/null -w '%{http_version} %{http_code}' https://pools.example/api`,
    );
  assert.equal(await version('--http1.1'), '1.1 200');
  assert.equal(await version('--http2'), '2 200');
});

test('HTTP still works next to HTTPS', async () => {
  const m = await machine();
  const { headers } = await ask(m, `${RESOLVE} http://pools.example/api`);
  assert.equal(headers['x-forwarded-proto'], 'http');
});

test('a path outside all pools is 404, not a page of nginx', async () => {
  const m = await machine();
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/`), 404);
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/index.html`), 404);
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/pool-status`), 200);
});

test('a missing certificate is reported while the site keeps serving, and used once it is there', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', CONF.replace('pools.pem', 'nowhere.pem'));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 2);
  assert.match(err, /cgipool\.conf:3: nginx refuses it: cannot load certificate "\/etc\/ssl\/nowhere.pem"/);
  // each retry writes the new file for a moment
  await m.await('nginx -t');
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/api`), 200);
  assert.match((await m.status()).problems.join(), /nowhere\.pem/);
  await m.run('cp /etc/ssl/pools.pem /etc/ssl/nowhere.pem');
  await m.await('grep -q nowhere.pem /etc/nginx/conf.d/cgipool.conf', 60);
  await m.await("! cgipool status --json | grep -q 'cannot load certificate'");
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/api`), 200);
});

test('TLSCertificate= without TLSKey= is refused with file and line before anything changes', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', CONF.replace(/^TLSKey=.*\n/m, ''));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 2);
  assert.match(err, /cgipool\.conf:3: .*TLSKey=/);
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/api`), 200);
});

/** All TLS keys of cgipool.conf, on a port of its own. */
const STRICT = `${CONF}TLSListen=8443
TLSRedirect=yes
HSTS=30d
TLSStapling=yes
TLSAuthorities=/etc/ssl/ca.pem
ACMEWebroot=/var/lib/acme
`;
const HSTS = /^strict-transport-security: max-age=2592000\r?$/gim;

const STRICTLY = `${TRUSTED} --resolve pools.example:8443:127.0.0.1`;
const HTTPS = 'https://pools.example:8443';
const HTTP = 'http://pools.example';

/** The header of an answer. */
const headOf = (m: Machine, what: string): Promise<string> =>
  m.run(`curl -sS -m 10 -o /dev/null -D - ${STRICTLY} ${what}`);

test('TLSRedirect= redirects HTTP to HTTPS', async () => {
  const m = await machine();
  await answerOcsp(m);
  await m.write('/etc/cgipool/cgipool.conf', STRICT);
  await m.run('mkdir -p /var/lib/acme/.well-known/acme-challenge; cgipool install');
  const sent = `${HTTPS}/api/a%20b?c=d%26e`;
  for (const method of ['', '--head']) {
    const head = await headOf(m, `${method} '${HTTP}/api/a%20b?c=d%26e'`);
    assert.match(head, /^HTTP\/1.1 301 /);
    assert.match(head, new RegExp(`^Location: ${sent.replace('?', '\\?')}\r?$`, 'm'));
    assert.doesNotMatch(head, /strict-transport/i, 'browsers ignore it over HTTP');
  }
  assert.match(await headOf(m, `${HTTP}/nothing`), /^Location: https:\/\/pools.example:8443\/nothing\r?$/m);
  const echo = await ask(m, `-L ${STRICTLY} -d body '${HTTP}/api/a%20b?c=d%26e'`);
  assert.deepEqual([echo.method, echo.url, echo.body], ['POST', '/api/a%20b?c=d%26e', 'body']);
  assert.equal(echo.headers['x-forwarded-proto'], 'https');
});

test('/pool-status is not redirected for this machine, and denied to others', async () => {
  const m = await machine();
  const head = await headOf(m, `${HTTP}/pool-status`);
  assert.match(head, /^HTTP\/1.1 200 /);
  assert.doesNotMatch(head, /strict-transport/i);
  assert.equal(await m.run('grep -c uninitialized /var/log/nginx/error.log || true'), '0');
  assert.equal(await statusOf(m, `${RESOLVE} '${HTTP}/pool-status%0a'`), 301);
  await m.run('ip address add 192.0.2.7/32 dev lo');
  assert.equal(await statusOf(m, `-H 'Host: pools.example' http://192.0.2.7/pool-status`), 301);
});

test('ACME challenges are served over HTTP in spite of TLSRedirect=', async () => {
  const m = await machine();
  const path = '.well-known/acme-challenge/token';
  await m.write(`/var/lib/acme/${path}`, 'proof');
  assert.equal(await m.run(`curl -sS ${RESOLVE} ${HTTP}/${path}`), 'proof');
  assert.equal(await statusOf(m, `${RESOLVE} ${HTTP}/${path}s`), 404);
  assert.equal(await statusOf(m, `${RESOLVE} ${HTTP}/.well-known/security.txt`), 301);
});

test('every HTTPS answer has HSTS once, those of a pool the headers of Set=, and a worker may set its own', async () => {
  const m = await machine();
  const rows: [path: string, status: number][] = [
    ['/api', 200],
    ['/pool-status', 200],
    ['/nothing', 404],
    ['/ill', 503],
  ];
  for (const [path, status] of rows) {
    const head = await headOf(m, HTTPS + path);
    assert.match(head, new RegExp(`^HTTP/2 ${status} `));
    assert.equal(head.match(HSTS)?.length, 1, head);
    assert.equal(
      head.match(/^x-frame-options: DENY\r?$/gim)?.length ?? 0,
      ['/api', '/ill'].includes(path) ? 1 : 0,
      head,
    );
  }
  const own = await headOf(m, `${HTTPS}/api/strict`);
  assert.deepEqual(
    own.match(/^strict-transport.*$/gim)?.map(text => text.trim()),
    ['strict-transport-security: max-age=5'],
  );
});

/** The output of openssl s_client for a connection. */
const shake = async (m: Machine, options: string, input = ''): Promise<string> => {
  const client = `openssl s_client -connect 127.0.0.1:8443 -servername pools.example -CAfile /etc/ssl/ca.pem`;
  const { out, err } = await m.attempt(`${client} ${options}`, input);
  return out + err;
};

test('TLS 1.2 and 1.3 are accepted with strong cipher suites only', async () => {
  const m = await machine();
  const rows: [options: string, said: RegExp][] = [
    ['-tls1_3', /New, TLSv1.3, Cipher is TLS_/],
    ['-tls1_2', /New, TLSv1.2, Cipher is ECDHE-RSA-/],
    ['-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305', /Cipher is ECDHE-RSA-CHACHA20-POLY1305/],
    ['-tls1_1 -cipher ALL:@SECLEVEL=0', /alert protocol version/],
    ['-tls1_2 -cipher ECDHE-RSA-AES128-SHA256', /alert handshake failure/],
    ['-tls1_2 -cipher AES128-GCM-SHA256', /alert handshake failure/],
    ['-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256', /alert handshake failure/],
  ];
  for (const [options, said] of rows) assert.match(await shake(m, options), said, options);
});

test("TLS sessions are resumed from nginx's cache, not by tickets", async () => {
  const m = await machine();
  const again = await shake(m, '-tls1_2 -reconnect');
  assert.equal(again.match(/^Reused, TLSv1.2/gm)?.length, 5, again);
  assert.doesNotMatch(again, /session ticket/i);
  const get = 'GET /pool-status HTTP/1.1\r\nHost: pools.example\r\nConnection: close\r\n\r\n';
  await shake(m, '-tls1_3 -ign_eof -sess_out /run/session', get);
  assert.match(await shake(m, '-tls1_3 -sess_in /run/session'), /^Reused, TLSv1.3/m);
});

test('TLSStapling=yes staples the OCSP response', async () => {
  const m = await machine();
  const client = 'openssl s_client -connect 127.0.0.1:8443 -servername pools.example -status';
  // each nginx process asks the authority by itself, after its first client
  await m.await(`${client} </dev/null 2>/dev/null | grep 'Cert Status: good'`);
});

test.run();
