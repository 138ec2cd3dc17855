import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { asks, bringExamples, examples, killed, logged, renewed, slotOf } from './examples.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: programs in other languages, the pools of services/examples');

const CONF = '[Nginx]\nTLSCertificate=/etc/ssl/examples.pem\nTLSKey=/etc/ssl/private/examples.key\n';
/** gRPC needs HTTP/2, and so TLS. */
const CERTIFICATE = `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout /etc/ssl/private/examples.key -out /etc/ssl/examples.pem 2>&1`;

const machine = machineFor(test, 'languages', async m => {
  await bringExamples(m);
  await m.run(CERTIFICATE);
  await m.write('/etc/cgipool/cgipool.conf', CONF);
  await m.install('--no-samples');
});

for (const example of examples)
  test(`${example.pool} gets method, header, path and query, survives kill -9, and logs`, async () => {
    const m = await machine();
    await asks(m, example);
    await killed(m, example.pool);
    await asks(m, example);
    await logged(m, example.pool, `asked for ${example.path}`);
  });

for (const example of examples.filter(({ pool }) => ['cgi', 'fastcgi', 'gunicorn'].includes(pool)))
  test(`${example.pool}: a request right after kill -9 waits at the socket and is answered`, async () => {
    const m = await machine();
    const { pool, path } = example;
    const kill = `systemctl kill -s KILL cgipool-${pool}@${await slotOf(m, pool)}`;
    const once = `${kill}; curl -s -m 10 -o /dev/null -w '%{http_code}' http://localhost${path}`;
    // systemd's start limit is five starts in ten seconds
    assert.equal(await m.run(`for i in 1 2 3; do ${once}; done`), '200200200');
  });

test('files serves a file below the location, survives kill -9, and logs', async () => {
  const m = await machine();
  const get = (): Promise<string> => m.run('curl -sSf -m 10 http://localhost/files/hello.txt');
  await slotOf(m, 'files');
  assert.equal(await get(), 'hello from a file');
  await killed(m, 'files');
  assert.equal(await get(), 'hello from a file');
  await logged(m, 'files', 'GET /files/hello.txt');
});

/** Runs Debian's own Python, which has the library. */
const CALL = `/usr/bin/python3 -c '
import grpc
trusted = grpc.ssl_channel_credentials(open("/etc/ssl/examples.pem", "rb").read())
with grpc.secure_channel("localhost:443", trusted) as channel:
    say = channel.unary_unary("/examples.Echo/Say")
    print(say("é".encode(), metadata=[("x-test", "a b")], timeout=10).decode())'`;

test('grpc answers a call with metadata over TLS, survives kill -9, and logs', async () => {
  const m = await machine();
  const slot = await slotOf(m, 'grpc');
  const call = async (): Promise<string[]> => (await m.run(CALL)).trimEnd().split('\n');
  assert.deepEqual(await call(), [`grpc ${slot}`, 'x-test: a b', 'body: é']);
  await killed(m, 'grpc');
  assert.deepEqual(await call(), [`grpc ${slot}`, 'x-test: a b', 'body: é']);
  await logged(m, 'grpc', 'asked to say é');
});

test('a rolling restart of each example pool loses no request', async () => {
  const m = await machine();
  const loads = examples.map(({ path }) =>
    m.load(`http://localhost${path}`, '--rate 30 --seconds 240 --stop /srv/enough'),
  );
  try {
    await Promise.all(examples.map(({ pool }) => renewed(m, pool)));
  } finally {
    await m.run('touch /srv/enough');
  }
  for (const { failed, total, summary } of await Promise.all(loads)) {
    assert.ok(total > 20, summary);
    assert.equal(failed, 0, summary);
  }
});

test('cgipool check has no warning for the example pools', async () => {
  const m = await machine();
  const { code, err, out } = await m.attempt('cgipool check');
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^9 valid pools: cgi, fastcgi, files, grpc, gunicorn, node, php, scgi, uwsgi$/m);
});

test('SIGTERM stops each example program in time and successfully', async () => {
  const m = await machine();
  const pools = [...examples.map(({ pool }) => pool), 'files', 'grpc'];
  for (const pool of pools) await m.run(`cgipool stop ${pool}`);
  for (const pool of pools) await m.until(pool, ({ instances }) => instances.length === 0);
  const bad = "journalctl -o cat -u 'cgipool-*@*' | grep -E 'exit-code|timed out' || true";
  assert.equal(await m.run(bad), '');
});

test.run();
