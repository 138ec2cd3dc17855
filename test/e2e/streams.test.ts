import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: Protocol=tcp');

/** Returns each line, preceded by its slot. */
const ECHO = `import os, socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(os.environ["SLOT"].encode() + b" " + line)
where = os.environ.get("SOCKET")
server = socketserver.ThreadingUnixStreamServer if where else socketserver.ThreadingTCPServer
server.allow_reuse_address = server.daemon_threads = True
server(where or ("127.0.0.1", int(os.environ["PORT"])), Echo).serve_forever()
`;

const pool = (slots: string, listen: string, more = ''): string =>
  `[Pool]\nExec=/usr/bin/python3 /srv/echo.py\nProtocol=tcp\n${slots}\nMin=2\nMax=3\n[Scale]\nCPU=none\n[Nginx]\nListenStream=${listen}\n${more}`;

const machine = machineFor(test, 'streams', async m => {
  await m.write('/srv/echo.py', ECHO);
  await m.pool('lines', pool('Ports=8000-8002', '127.0.0.1:6400'));
  await m.pool('files', pool('Listen=unix\nSlots=1-3', '127.0.0.1:6401', 'Balance=random\n'));
  await m.install('--no-samples');
  for (const name of ['lines', 'files']) await m.serving(name, 2);
});

/** Sends a line on a new connection. Returns the answer; empty if the connection is closed. */
const say = (m: Machine, port: number): Promise<string> =>
  m.run(`exec 3<>/dev/tcp/127.0.0.1/${port}; echo hello >&3; timeout 5 head -n 1 <&3`);

test('nginx passes connections of Protocol=tcp on to all instances', async () => {
  const m = await machine();
  for (const [port, slots] of [
    [6400, ['8000 hello', '8001 hello']],
    [6401, ['1 hello', '2 hello']],
  ] as const) {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) seen.add(await say(m, port));
    assert.deepEqual([...seen].sort(), slots);
  }
});

test('cgipool status and generate show ListenStream=', async () => {
  const m = await machine();
  assert.equal((await m.poolStatus('lines')).stream, '127.0.0.1:6400');
  assert.match(await m.run('cgipool status lines'), /127\.0\.0\.1:6400/);
  assert.match(await m.run('cgipool generate'), /listen 127\.0\.0\.1:6400;/);
});

test('a killed worker of Protocol=tcp is skipped until it is back', async () => {
  const m = await machine();
  await m.signal('KILL', 'lines', 8000);
  assert.match(await say(m, 6400), /^800[012] hello$/);
  await m.serving('lines', 2);
});

test('a connection of Protocol=tcp survives reloads, and a drain waits for it', async () => {
  const m = await machine();
  await m.run('cgipool scale lines 3');
  await m.serving('lines', 3);
  const held = m.run(
    'exec 3<>/dev/tcp/127.0.0.1/6400; echo one >&3; head -n 1 <&3; touch /run/held; until [ -e /run/go ]; do sleep 0.05; done; echo two >&3; head -n 1 <&3',
  );
  await m.await('[ -e /run/held ]');
  await m.run('cgipool restart lines');
  await m.until('lines', p => p.instances.some(i => i.state === 'draining'));
  await m.run('touch /run/go');
  const [one = '', two = ''] = (await held).split('\n');
  assert.match(one, /^\d+ one$/);
  assert.equal(two, one.replace('one', 'two'));
  await m.run('cgipool scale lines auto');
  await m.until('lines', p => p.state === 'ok' && p.instances.every(i => !i.stale), 60);
});

test('without healthy instances connections are closed at once; a taken ListenStream= port is reported', async () => {
  const m = await machine();
  await m.run('cgipool stop files');
  await m.until('files', p => p.instances.length === 0);
  assert.equal(await say(m, 6401).catch(() => ''), '');
  await m.run('cgipool start files');
  await m.serving('files', 2);
  await m.run('systemd-run -q --unit stranger python3 -m http.server --bind 127.0.0.1 6402');
  await m.await('ss -ltnH "sport = 6402" | grep -q 6402');
  await m.pool('files', pool('Listen=unix\nSlots=1-3', '127.0.0.1:6402'));
  const { code, err } = await m.attempt('cgipool install');
  assert.equal(code, 2);
  assert.match(err, /files\.pool:\d+: nginx refuses the route: bind\(\) to 127\.0\.0\.1:6402 failed \(98/);
  assert.match(await say(m, 6401), /^[12] hello$/);
  await m.run('systemctl stop stranger; cgipool install');
  await m.await('exec 3<>/dev/tcp/127.0.0.1/6402', 20);
});

test('a missing stream module is reported with its package, and not needed without Protocol=tcp', async () => {
  const m = await machine();
  await m.run('mv /etc/nginx/modules-enabled/50-mod-stream.conf /srv/');
  await m.run('echo "# changed" >>/etc/cgipool/lines.pool; sed -i s/6400/6403/ /etc/cgipool/lines.pool');
  assert.match((await m.attempt('cgipool install')).err, /apt-get install libnginx-mod-stream/);
  await m.run('rm /etc/cgipool/lines.pool /etc/cgipool/files.pool; cgipool install; nginx -t');
  assert.equal(await m.run('ls /etc/nginx/modules-enabled | grep cgipool || true'), '');
  await m.await('! ss -ltnH | grep -q ":640[0-3]"');
});

test.run();
