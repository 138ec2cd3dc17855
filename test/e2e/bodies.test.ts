import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: uploads, streams and long connections');

const pool = (name: string, port: number, keys: string): string => `[Pool]
Exec=${process.execPath} /srv/bodies.mjs
Ports=${port}
[Nginx]
Location=/${name}
${keys}
`;

const machine = machineFor(test, 'bodies', async m => {
  await m.run('install -m 644 test/e2e/programs/bodies.mjs /srv/');
  await m.pool('plain', pool('plain', 8000, 'MaxBody=0'));
  await m.pool('live', pool('live', 8001, 'MaxBody=0\nBuffering=no\nRequestBuffering=no\nKeepalive=2'));
  await m.install('--no-samples');
  for (const name of ['plain', 'live']) await m.serving(name, 1);
});

const BIG = '/srv/big';

for (const name of ['plain', 'live'])
  test(`${name}: a body of 64 MB arrives whole, with a length, chunked, and after 100 Continue`, async () => {
    const m = await machine();
    await m.run(`[ -s ${BIG} ] || head -c 64M /dev/urandom >${BIG}`);
    const sum = (await m.run(`sha256sum <${BIG}`)).split(' ')[0];
    const put = (options: string): Promise<string> =>
      m.run(`curl -sS -m 60 -T ${BIG} ${options} http://localhost/${name}/x`);
    assert.match(await put('-H Expect:'), new RegExp(`^67108864 ${sum} none `));
    assert.match(await put("-H Expect: -H 'Transfer-Encoding: chunked'"), new RegExp(`^67108864 ${sum} `));
    const said = await m.run(
      `curl -sSv -m 60 -T ${BIG} -H 'Expect: 100-continue' --expect100-timeout 30 http://localhost/${name}/x 2>&1 | cat -v`,
    );
    assert.match(said, /^< HTTP\/1.1 100 Continue/m);
    assert.match(said, new RegExp(`^67108864 ${sum} `, 'm'));
  });

test('a large chunked answer arrives whole', async () => {
  const m = await machine();
  for (const name of ['plain', 'live'])
    assert.equal(
      await m.run(`curl -sS -m 30 http://localhost/${name}/large | wc -c`),
      String(1000 * 65536 + 3),
    );
});

test('a server-sent event arrives before the next one is sent', async () => {
  const m = await machine();
  const held = m.attempt('curl -sSN -m 30 http://localhost/live/events >/run/events');
  await m.await('grep -q first /run/events');
  await m.run('curl -sS http://localhost/live/go');
  await held;
  assert.equal(await m.run('cat /run/events'), 'data: first\n\ndata: second\n');
});

test('a slow client does not hold up a worker, except with Buffering=no', async () => {
  const m = await machine();
  const isOut = (name: string): string =>
    `journalctl -o cat -u 'cgipool-${name}@*' | grep -q 'all of /${name}/large?slow is out'`;
  const slowly = ['plain', 'live'].map(name =>
    m.attempt(`curl -sS -m 30 --limit-rate 16M -o /dev/null 'http://localhost/${name}/large?slow'`),
  );
  await m.await(isOut('plain'));
  assert.equal((await m.attempt(isOut('live'))).code, 1);
  await Promise.all(slowly);
  await m.await(isOut('live'));
});

test('RequestBuffering=no streams a request to the worker; by default nginx buffers it', async () => {
  const m = await machine();
  const slowly = (name: string): Promise<string> =>
    m.run(
      `(head -c 100000 ${BIG}; until [ -e /run/enough ]; do sleep 0.05; done; echo) | curl -sS -m 30 -T - http://localhost/${name}/slow`,
    );
  const both = ['plain', 'live'].map(slowly);
  await m.await("journalctl -o cat -u 'cgipool-live@*' | grep -q 'first piece of /live/slow'");
  assert.equal(
    (await m.attempt("journalctl -o cat -u 'cgipool-plain@*' | grep 'piece of /plain/slow'")).code,
    1,
  );
  await m.run('touch /run/enough');
  for (const answer of await Promise.all(both)) assert.match(answer, /^100001 /);
});

test('a WebSocket works with and without Keepalive=, and kept connections are not closed', async () => {
  const m = await machine();
  for (const name of ['plain', 'live']) {
    const upgrade = `printf 'GET /${name}/ws HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\nping'`;
    assert.match(
      await m.run(`(${upgrade}; sleep 1) | timeout 5 python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", 80)); s.sendall(sys.stdin.buffer.read()); s.settimeout(3); text = b""
while not text.endswith(b"ping"): text += s.recv(1000)
print(text.decode())'`),
      /^HTTP\/1.1 101 [\s\S]*ping$/,
    );
  }
  const put = (name: string): Promise<string> =>
    m.run(`printf abc | curl -sS -m 5 -T - -H Expect: http://localhost/${name}/x`);
  assert.match(await put('plain'), / close$/);
  assert.doesNotMatch(await put('live'), / close$/);
});

test.run();
