import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: the controller stays within its bounds');

const POOLS = 300;

const machine = machineFor(test, 'bounds', async m => {
  await bringSearch(m);
  await m.install('--no-samples');
});

interface Used {
  /** Peak resident memory of the controller, MB. */
  memory: number;
  tasks: number;
  files: number;
  /** CPU seconds since its start. */
  cpu: number;
}

async function used(m: Machine): Promise<Used> {
  const pid = await m.run('systemctl show -P MainPID cgipool.service');
  const [memory = 0, tasks = 0, files = 0, ticks = 0] = (
    await m.run(`awk '/^VmHWM/ {print $2}' /proc/${pid}/status; ls /proc/${pid}/task | wc -l
      ls /proc/${pid}/fd | wc -l; awk '{print $14 + $15}' /proc/${pid}/stat`)
  )
    .split('\n')
    .map(Number);
  return { memory: Math.round(memory / 1024), tasks, files, cpu: ticks / 100 };
}

/** The limits of units/cgipool.service, and much less memory. */
function within(what: string, { memory, tasks, files }: Used): void {
  console.log(`${what}: ${memory} MB, ${tasks} threads, ${files} files`);
  assert.ok(memory < 256, `${memory} MB`);
  assert.ok(tasks < 64, `${tasks} threads`);
  assert.ok(files < 1000, `${files} files`);
}

const pool = (name: string, ports: string, exec: string, more = ''): string =>
  `[Pool]\nExec=${exec}\nPorts=${ports}\n[Nginx]\nLocation=/${name}\n[Scale]\nCPU=none\n${more}`;

/** Writes to its log without end, or a number of lines. Reports "bytes seconds" of what was written. */
const LOUD = `import os, sys, time, threading, http.server
size, lines = int(sys.argv[1]), int(sys.argv[2])
def shout():
    text, began, wrote = (b"x" * (size - 1) + b"\\n") * 64, time.monotonic(), 0
    while not lines or wrote < lines * size:
        wrote += os.write(2, text)
        if wrote % (len(text) * 256) < len(text): note(wrote, began)
    note(wrote, began)
def note(wrote, began):
    with open(os.environ["STATE_DIRECTORY"] + "/wrote.new", "w") as f: f.write(f"{wrote} {time.monotonic() - began}")
    os.rename(os.environ["STATE_DIRECTORY"] + "/wrote.new", os.environ["STATE_DIRECTORY"] + "/wrote")
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args): pass
threading.Thread(target=shout, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Quiet).serve_forever()
`;

async function loud(m: Machine, name: string, port: string, what: string): Promise<void> {
  await m.write('/srv/loud.py', LOUD);
  const exec = `/usr/bin/python3 /srv/loud.py ${what}`;
  await m.pool(name, pool(name, port, exec, `[Service]\nStateDirectory=${name}\n`));
  await m.run('cgipool install');
  await m.serving(name, 1, 30);
}

/** Bytes and seconds of its log so far. */
async function wrote(m: Machine, name: string): Promise<{ bytes: number; seconds: number }> {
  const [bytes = 0, seconds = 0] = (await m.run(`cat /var/lib/${name}/wrote`)).split(' ').map(Number);
  return { bytes, seconds };
}

test('a worker that writes 100 MB/s to its log costs the controller nothing', async () => {
  const m = await machine();
  await loud(m, 'loud', '7000', '16000 0');
  await m.await(`[ "$(cut -d' ' -f1 /var/lib/loud/wrote)" -gt 2000000000 ]`, 60);
  const { bytes, seconds } = await wrote(m, 'loud');
  console.log(`its log: ${Math.round(bytes / seconds / 1e6)} MB/s`);
  assert.ok(bytes / seconds > 100e6, `${bytes} bytes in ${seconds} s`);
  // 404: there is no such file, but the worker answers
  assert.equal(await m.run("curl -s -o /dev/null -w '%{http_code}' http://localhost/loud/"), '404');
  within('a worker that floods the journal', await used(m));
  await m.run('rm /etc/cgipool/loud.pool; cgipool install');
});

test('the controller stays within its bounds with a journal of a million lines', async () => {
  const m = await machine();
  // room for a million entries: by default a runtime journal holds a tenth of that
  await m.write(
    '/etc/systemd/journald.conf.d/big.conf',
    '[Journal]\nRuntimeMaxUse=4G\nRuntimeKeepFree=0\nRateLimitIntervalSec=0\n',
  );
  await m.run('systemctl restart systemd-journald');
  await loud(m, 'chatty', '7001', '10 1000000');
  await m.await(`[ "$(cut -d' ' -f1 /var/lib/chatty/wrote)" -ge 10000000 ]`, 120);
  // returns once all earlier lines are in the journal
  await m.run('journalctl --sync');
  assert.equal(await m.run('journalctl -q -u "cgipool-chatty@*" -o cat | grep -c xxx'), '1000000');
  await m.run('systemctl restart cgipool.service');
  await m.serving('chatty', 1, 30);
  const timed = async (command: string): Promise<string> =>
    `${command}: ${await m.run(`s=$(date +%s%N); ${command} >/dev/null; echo $(( ($(date +%s%N) - s) / 1000000 ))`)} ms`;
  for (const c of ['cgipool status', 'cgipool why chatty', 'cgipool logs chatty'])
    console.log(await timed(c));
  within('a journal of a million lines', await used(m));
  await m.run('rm /etc/cgipool/chatty.pool; cgipool install');
});

test('the controller stays within its bounds with 10,000 connections to one worker', async () => {
  const m = await machine();
  await m.write(
    '/srv/held.py',
    `import os, socket, selectors, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
s = socket.socket(); s.setsockopt(1, 2, 1); s.bind(("127.0.0.1", int(os.environ["PORT"]))); s.listen(4096)
wait = selectors.DefaultSelector(); wait.register(s, 1)
while True:
    for key, _ in wait.select():
        if key.fileobj is s: c, _ = s.accept(); wait.register(c, 1)
        else:
            c = key.fileobj
            if c.recv(4096): c.sendall(b"HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
            wait.unregister(c); c.close()
`,
  );
  await m.pool(
    'held',
    pool('held', '7100', '/usr/bin/python3 /srv/held.py', '[Service]\nLimitNOFILE=20000\n'),
  );
  await m.run('cgipool install');
  await m.serving('held', 1, 30);
  const client = `import socket, resource, time
resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
held = [socket.create_connection(("127.0.0.1", 7100)) for _ in range(10000)]
open("/run/connected", "w").close(); time.sleep(300)
`;
  await m.write('/srv/client.py', client);
  await m.run('systemd-run -q --unit crowd -p LimitNOFILE=20000 python3 /srv/client.py');
  await m.await('[ -e /run/connected ]', 60);
  await m.until('held', p => (p.instances[0]?.connections ?? 0) >= 10_000, 30);
  assert.equal((await m.poolStatus('held')).state, 'ok');
  within('10,000 connections', await used(m));
  await m.run('systemctl stop crowd; rm /etc/cgipool/held.pool; cgipool install');
});

test(`${POOLS} pools are installed, serve, and are controlled within its bounds`, async () => {
  const m = await machine();
  const one = pool('p$i', '$((10000 + i * 3))-$((10002 + i * 3))', '/srv/services/search %i');
  await m.run(
    `for i in $(seq 0 ${POOLS - 1}); do printf '%s\\n' "${one}" >/etc/cgipool/p$i.pool; done; cgipool install`,
  );
  const all = `cgipool status --json | node -e 'const s = JSON.parse(require("fs").readFileSync(0)); process.exit(s.pools.filter(p => p.state === "ok").length === ${POOLS} ? 0 : 1)'`;
  await m.await(all, 120);
  for (const i of [0, 150, POOLS - 1])
    assert.equal(await m.run(`curl -s -o /dev/null -w '%{http_code}' 'http://localhost/p${i}?q=x'`), '200');
  const before = await used(m);
  // CPU time is measured over an interval: there is no condition to await
  await m.run('sleep 10');
  const after = await used(m);
  within(`${POOLS} pools`, after);
  console.log(`${POOLS} pools: ${Math.round(((after.cpu - before.cpu) / 10) * 100)}% of a core`);
  const [victim] = (await m.poolStatus('p7')).instances;
  await m.signal('KILL', 'p7', victim?.slot ?? 0);
  await m.until('p7', p => p.state === 'ok' && p.instances.every(i => i.pid !== victim?.pid), 30);
});

test.run();
