import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolEvent } from '../../src/plan/state/memory.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { asController } from './as-controller.ts';
import { bringSearch } from './chaos.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: permissions');

const SECRET = 'hunter2-in-the-environment';

const machine = machineFor(test, 'security', async m => {
  await bringSearch(m);
  await m.write('/srv/probe.py', WORKER);
  await m.write('/etc/creds/token', 'a credential');
  await m.write('/etc/creds/env', `PASSWORD=${SECRET}\n`);
  await m.run('chmod 0755 /srv/probe.py; chmod 0600 /etc/creds/*');
  await m.pool('mine', poolFile('mine', 'Ports=8000-8003', '[Service]\nEnvironmentFile=/etc/creds/env'));
  await m.pool('sock', poolFile('sock', 'Listen=unix', '[Service]\nLoadCredential=token:/etc/creds/token'));
  await m.pool('other', poolFile('other', 'Listen=unix', '[Service]\nStateDirectory=other'));
  await m.pool(
    'held',
    '[Pool]\nExec=/srv/worker.py %i held\nListen=fd\nPorts=8010-8012\n[Scale]\nCPU=none\n[Nginx]\nLocation=/held\n',
  );
  await m.run('mkdir -p /srv/modes; echo ok >/srv/modes/held; cp test/e2e/workers/worker.py /srv/');
  await m.install('--no-samples');
  for (const pool of ['mine', 'sock', 'other', 'held']) await m.serving(pool, 1);
});

/** A worker that runs the command in the query, like an attacker's shell, and returns the result. */
const WORKER = `#!/usr/bin/python3
import os, socket, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        command = unquote(self.path.partition("?")[2])
        said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True) if command else None
        text = f"{said.returncode}\\n{said.stdout}{said.stderr}" if said else "ok"
        self.send_response(200); self.end_headers(); self.wfile.write(text.encode())
    def log_message(self, *_): pass
    def address_string(self): return ""
class Unix(HTTPServer):
    address_family = socket.AF_UNIX
    def server_bind(self): socket.socket.bind(self.socket, self.server_address); self.server_name = ""; self.server_port = 0
where = os.environ.get("SOCKET")
(Unix(where, Handler) if where else HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)).serve_forever()
`;

const poolFile = (name: string, slots: string, more: string): string =>
  `[Pool]\nExec=/srv/probe.py\n${slots}\n[Nginx]\nLocation=/${name}\n[Scale]\nCPU=none\n${more}\n`;

/** Runs a command in a worker of the pool. Returns its exit status and output. */
async function inWorker(m: Machine, pool: string, command: string): Promise<{ code: number; said: string }> {
  const query = encodeURIComponent(command).replace(/['()]/g, sign => `%${sign.charCodeAt(0).toString(16)}`);
  const url = `http://localhost/${pool}?${query}`;
  const [code = '', ...said] = (await m.run(`curl -sf -m 10 '${url}'`)).split('\n');
  return { code: Number(code), said: said.join('\n') };
}

test('a worker cannot use D-Bus, nor read files of the controller', async () => {
  const m = await machine();
  for (const command of [
    'python3 -c \'import socket; socket.socket(socket.AF_UNIX).connect("/run/dbus/system_bus_socket")\'',
    'ls /run/dbus',
    'systemctl stop cgipool.service',
    'cat /var/lib/cgipool/secret',
    'cat /var/lib/cgipool/installed.json',
    'cat /etc/nginx/cgipool/access.conf',
    'echo x >/run/cgipool-controller/publish.json',
  ])
    for (const pool of ['mine', 'sock'])
      assert.notEqual((await inWorker(m, pool, command)).code, 0, `${pool}: ${command}`);
});

test("a worker cannot write outside its own directories, nor dial or read another pool's", async () => {
  const m = await machine();
  for (const path of [
    '/etc/x',
    '/usr/x',
    '/var/lib/x',
    '/run/x',
    '/srv/x',
    '/var/lib/other/x',
    '/run/cgipool/other/x',
  ])
    assert.notEqual((await inWorker(m, 'mine', `echo x >${path}`)).code, 0, path);
  assert.equal(
    (await inWorker(m, 'other', 'echo x >/var/lib/other/x')).code,
    0,
    'its own directory is writable',
  );
  const other =
    'python3 -c \'import socket; socket.socket(socket.AF_UNIX).connect("/run/cgipool/other/1/sock")\'';
  for (const pool of ['mine', 'sock']) {
    assert.notEqual((await inWorker(m, pool, other)).code, 0, pool);
    assert.notEqual((await inWorker(m, pool, 'ls /run/cgipool/other/1')).code, 0, pool);
    assert.notEqual((await inWorker(m, pool, 'cat /var/lib/private/other/x')).code, 0, pool);
  }
  assert.match(await m.run("curl -sf 'http://localhost/other'"), /ok/, 'nginx can dial it');
});

test('a worker has no capabilities, cannot gain any, and sees no processes of others', async () => {
  const m = await machine();
  const { said } = await inWorker(
    m,
    'mine',
    'grep -E "^(Cap|NoNewPrivs)" /proc/self/status; ls /proc | grep -c "^[0-9]"',
  );
  assert.match(said, /CapEff:\t0{16}[\s\S]*CapBnd:\t0{16}[\s\S]*NoNewPrivs:\t1/);
  assert.ok(Number(said.trim().split('\n').at(-1)) < 12, said);
});

test("the controller's user may start and stop cgipool's units, and nothing else", async () => {
  const m = await machine();
  const { instances } = await m.serving('mine', 1);
  const bus =
    'busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager';
  for (const command of [
    'systemctl --no-ask-password stop nginx.service',
    'systemctl --no-ask-password restart systemd-journald.service',
    'systemctl --no-ask-password daemon-reload',
    'systemctl --no-ask-password enable nginx.service',
    'systemctl --no-ask-password mask cgipool-mine@8000.service',
    'systemctl --no-ask-password set-property cgipool-mine@8000.service CPUQuota=1%',
    'systemctl --no-ask-password kill -s KILL cgipool-mine@8000.service',
    'systemctl --no-ask-password stop cgipool.service',
    'systemctl --no-ask-password start cgipool-sock.wake.service',
    'systemctl --no-ask-password start cgipool-held@8012.socket',
    'systemctl --no-ask-password restart cgipool-held@8010.socket',
    'systemctl --no-ask-password stop dbus.socket',
    `${bus} StopUnit ss nginx.service replace`,
    `${bus} StartTransientUnit 'ssa(sv)a(sa(sv))' cgipool-x@1.service replace 1 Description s x 0`,
    `${bus} SetEnvironment as 1 A=b`,
    `${bus} Reboot`,
    `${bus} KillUnit ssi nginx.service all 9`,
    'busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager PowerOff b false',
    'echo x >/etc/cgipool/mine.pool',
    'echo x >/etc/nginx/cgipool/upstreams.conf',
    'echo x >/etc/systemd/system/x.service',
    'echo x >/var/lib/cgipool/installed.json',
    'rm -rf /run/cgipool',
    'cat /etc/shadow',
    'cat /etc/creds/env',
    'kill -9 1',
    `kill -9 ${instances[0]?.pid}`,
  ])
    assert.notEqual((await asController(m, command)).code, 0, command);
  const allowed =
    'systemctl --no-ask-password restart cgipool-mine@8000.service && systemctl --no-ask-password stop cgipool-held@8010.socket';
  assert.equal((await asController(m, allowed)).code, 0, 'its own work is allowed');
  for (const pool of ['mine', 'held']) await m.serving(pool, 1);
});

test('any user may read status and why, but not call the controller', async () => {
  const m = await machine();
  const otherUser = 'setpriv --reuid=games --regid=games --clear-groups';
  const call = `${otherUser} busctl call org.cgipool1 /org/cgipool1`;
  assert.match(await m.run(`${otherUser} cgipool status mine`), /mine {2}ok/);
  assert.match(await m.run(`${otherUser} cgipool why mine`), /mine: 1 desired/);
  const eventsTo = async (user: string): Promise<PoolEvent[]> =>
    JSON.parse(await m.run(`${user} cgipool why mine --json`))[0].events;
  const [theirs, ours] = [await eventsTo(otherUser), await eventsTo('')];
  assert.deepEqual(
    theirs.map(({ text }) => text),
    ours.map(({ text }) => text),
  );
  // two processes read two clocks one after the other
  for (const [i, { at }] of theirs.entries()) assert.ok(Math.abs(at - (ours[i]?.at ?? 0)) < 1000, `${at}`);
  assert.ok(Math.abs(Date.now() - (theirs.at(-1)?.at ?? 0)) < 3_600_000, 'a time of day');
  for (const rest of [
    ...['Status', 'Why s mine', 'Scale ss mine 2', 'Restart s mine', 'Stop s mine', 'Start s mine'].map(
      method => `org.cgipool1.Controller ${method}`,
    ),
    ...['Autoscale', 'Reload'].map(method => `org.cgipool1.Controller ${method}`),
    'org.freedesktop.DBus.Introspectable Introspect',
    'org.freedesktop.DBus.Peer Ping',
    'org.freedesktop.DBus.Properties GetAll s org.cgipool1.Controller',
  ])
    assert.match((await m.attempt(`${call} ${rest}`)).err, /[Dd]enied/, rest);
  assert.notEqual(
    (
      await m.attempt(
        `${otherUser} busctl call org.freedesktop.DBus / org.freedesktop.DBus RequestName su org.cgipool1 0`,
      )
    ).code,
    0,
  );
  for (const file of [
    '/var/lib/cgipool/installed.json',
    '/var/lib/cgipool/secret',
    '/etc/nginx/cgipool/access.conf',
  ])
    assert.notEqual((await m.attempt(`${otherUser} cat ${file}`)).code, 0, file);
});

test('what a user logs under the name of a pool or its unit is not in cgipool logs', async () => {
  const m = await machine();
  await m.write(
    '/srv/forged',
    'MESSAGE=forged\nSYSLOG_IDENTIFIER=cgipool-mine\nUNIT=cgipool-mine@8000.service\n' +
      'OBJECT_SYSTEMD_UNIT=cgipool-mine@8000.service\nCOREDUMP_UNIT=cgipool-mine@8000.service\n',
  );
  await m.run('setpriv --reuid=games --regid=games --clear-groups logger --journald=/srv/forged');
  await m.await("journalctl -q -o cat SYSLOG_IDENTIFIER=cgipool-mine -g '^forged$'");
  assert.doesNotMatch(await m.run('cgipool logs mine -n 400'), /forged/);
});

test('credentials reach the worker, and values of EnvironmentFile= appear in no status, journal or file of ours', async () => {
  const m = await machine();
  assert.equal((await inWorker(m, 'sock', 'cat $CREDENTIALS_DIRECTORY/token')).said, 'a credential');
  assert.equal((await inWorker(m, 'mine', 'echo $PASSWORD')).said.trim(), SECRET);
  await m.run('cgipool restart mine; cgipool scale mine 2');
  await m.serving('mine', 2);
  assert.ok(
    !(
      await m.run('cgipool status --json; cgipool why --json; curl -s http://localhost/pool-status')
    ).includes(SECRET),
  );
  assert.equal((await m.attempt(`journalctl -q -o cat | grep -F ${SECRET}`)).out, '');
  assert.equal(
    (await m.attempt(`grep -rlF ${SECRET} /run/cgipool* /var/lib/cgipool /etc/nginx /etc/systemd/system`))
      .out,
    '',
  );
  await m.run('cgipool scale mine auto');
});

test('only nginx listens beyond loopback, and /pool-status answers loopback only', async () => {
  const m = await machine();
  const open = await m.run("ss -Htulnp | awk '{print $1, $5, $7}' | grep -v '127\\.\\|\\[::1\\]'");
  for (const line of open.split('\n')) assert.match(line, /nginx/, line);
  await m.run('ip addr add 192.0.2.1/32 dev lo');
  assert.equal(await m.run("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1/pool-status"), '200');
  assert.equal(
    await m.run(
      "curl -s -o /dev/null -w '%{http_code}' --interface 192.0.2.1 -H 'Host: localhost' http://192.0.2.1/pool-status",
    ),
    '403',
  );
});

const SCORES: [unit: string, most: number][] = [
  ['cgipool.service', 1.8],
  ['cgipool-publish.service', 3.0],
  ['cgipool-autoscale.service', 1.5],
  ['cgipool-mine@8000.service', 2.0],
  ['cgipool-sock@1.service', 2.0],
];

for (const [unit, most] of SCORES)
  test(`systemd-analyze security rates ${unit} at most ${most}`, async () => {
    const m = await machine();
    const file = `/etc/systemd/system/${unit.replace(/@\d+/, '@')}`;
    const said = await m.run(`systemd-analyze security --offline=true --no-pager ${file} | tail -1`);
    const score = Number(/: ([\d.]+) /.exec(said)?.[1]);
    console.log(`${unit}: ${score}`);
    assert.ok(score <= most, said);
  });

test.run();
