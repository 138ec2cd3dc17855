import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from '../machine/machine.ts';
import { ask, bringEcho, echoPool, statusOf } from './echo-pool.ts';

const test = suite('e2e: nginx with TLS');

const CONF = `[Nginx]
ServerName=pools.example
TLSCertificate=/etc/ssl/pools.pem
TLSKey=/etc/ssl/private/pools.key
`;

/** An authority of our own, and a certificate that it signed. */
const CERTIFICATE = `cd /etc/ssl
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca 2>&1
openssl req -newkey rsa:2048 -nodes -keyout private/pools.key -out pools.csr -subj /CN=pools.example 2>&1
printf 'subjectAltName=DNS:pools.example' >pools.ext
openssl x509 -req -in pools.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile pools.ext -out pools.pem 2>&1
chmod 600 private/pools.key`;

const machine = machineFor(test, 'tls', async m => {
  await bringEcho(m);
  await m.run(CERTIFICATE);
  await m.pool('echo', echoPool({ ports: '8000-8003', location: '/api' }));
  await m.write('/etc/cgipool/cgipool.conf', CONF);
  await m.install('--no-samples');
  await m.serving('echo', 1);
});

const RESOLVE = '--resolve pools.example:443:127.0.0.1 --resolve pools.example:80:127.0.0.1';
const TRUSTED = `${RESOLVE} --cacert /etc/ssl/ca.pem`;

test('https serves by the certificate of cgipool.conf, and the worker is told', async () => {
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

test('over HTTP/1.1 and HTTP/2', async () => {
  const m = await machine();
  const version = (option: string): Promise<string> =>
    m.run(
      `curl -sS ${option} ${TRUSTED} -o /dev/null -w '%{http_version} %{http_code}' https://pools.example/api`,
    );
  assert.equal(await version('--http1.1'), '1.1 200');
  assert.equal(await version('--http2'), '2 200');
});

test('http goes on beside it', async () => {
  const m = await machine();
  const { headers } = await ask(m, `${RESOLVE} http://pools.example/api`);
  assert.equal(headers['x-forwarded-proto'], 'http');
});

test('what is no pool’s is 404, not a page of nginx', async () => {
  const m = await machine();
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/`), 404);
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/index.html`), 404);
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/pool-status`), 200);
});

test('a missing certificate is an error that names it; what served goes on; mended, it comes by itself', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', CONF.replace('pools.pem', 'nowhere.pem'));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 1);
  assert.match(err, /nginx was left as it was: .*cannot load certificate "\/etc\/ssl\/nowhere.pem"/);
  // it is tried again now and then, for which it stands there for a moment
  await m.await('nginx -t');
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/api`), 200);
  assert.match((await m.status()).problems.join(), /nowhere\.pem/);
  await m.run('cp /etc/ssl/pools.pem /etc/ssl/nowhere.pem');
  await m.await('grep -q nowhere.pem /etc/nginx/conf.d/cgipool.conf', 60);
  await m.await("! cgipool status --json | grep -q 'cannot load certificate'");
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/api`), 200);
});

test('a certificate without its key is refused by file and line, before anything is touched', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', CONF.replace(/^TLSKey=.*\n/m, ''));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 2);
  assert.match(err, /cgipool\.conf:3: .*TLSKey=/);
  assert.equal(await statusOf(m, `${TRUSTED} https://pools.example/api`), 200);
});

test.run();
