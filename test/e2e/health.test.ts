import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { bringEcho } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: probes, recycling and slow requests');

const POOL = (name: string, ports: string, more: string): string => `[Pool]
Exec=/srv/services/search %i
Ports=${ports}
${more}
[Nginx]
Location=/${name}
SlowLog=500ms`;

const machine = machineFor(test, 'health', async m => {
  await bringSearch(m);
  await m.write('/srv/check', '#!/bin/sh\ntest ! -e /srv/sick-$1\n');
  await m.run('chmod 755 /srv/check');
  // commands start slowly on a busy machine, and a failed probe is logged
  const exec =
    '[Health]\nProbe=exec\nCommand=/srv/check %i\nInterval=300ms\nTimeout=5s\nRestartAfter=0\n[Service]\nUser=games\nDynamicUser=no';
  await m.pool('byexec', POOL('byexec', '8000-8003', `Min=2\n${exec}`));
  await m.pool(
    'bybody',
    POOL('bybody', '8100-8103', '[Health]\nPath=/?q=nginx\nBody="pid":\nInterval=300ms'),
  );
  await m.pool('old', POOL('old', '8200-8203', 'MaxRequests=100\n[Health]\nPath=/?q=x'));
  await bringEcho(m);
  const held = POOL('held', '8300-8303', 'Min=2\n[Health]\nRequestTimeout=3s');
  await m.pool('held', held.replace('/srv/services/search %i', `${process.execPath} /srv/echo.mjs`));
  await m.install('--no-samples');
});

const published = async (m: Machine, pool: string): Promise<number[]> =>
  (await m.poolStatus(pool)).instances.filter(i => i.published).map(i => i.slot);

test("Probe=exec goes by the exit status of a command that runs as the pool's user", async () => {
  const m = await machine();
  const { instances } = await m.serving('byexec', 2);
  assert.match(instances[0]?.detail ?? '', /^exit status 0 in \d+ ms$/);
  await m.run('touch /srv/sick-8000');
  const sick = await m.until('byexec', p =>
    p.instances.some(i => i.slot === 8000 && i.state === 'unhealthy'),
  );
  assert.match(
    sick.instances[0]?.detail ?? '',
    /the probe command failed \(journalctl -u cgipool-byexec\.probe@8000/,
  );
  await m.until('byexec', p => p.instances.some(i => i.slot === 8000 && !i.published));
  assert.equal((await published(m, 'byexec')).includes(8000), false);
  await m.run('rm /srv/sick-8000');
  await m.serving('byexec', 2);
  assert.equal(await m.run('systemctl --failed --no-legend'), '');
  const user = "systemctl show -P User 'cgipool-byexec.probe@8001.service'";
  assert.equal(await m.run(user), 'games');
  assert.equal(
    await m.run('journalctl -q -o cat -u "cgipool-byexec.probe@8001"'),
    '',
    'probes are not logged',
  );
});

test('an answer without the text of Body= is unhealthy', async () => {
  const m = await machine();
  await m.serving('bybody', 1);
  await m.run("sed -i 's/^Body=.*/Body=nowhere/' /etc/cgipool/bybody.pool; cgipool install");
  const sick = await m.until('bybody', p => p.state === 'down');
  assert.match(JSON.stringify(sick), /but the body lacks the text of Body=/);
  await m.run('sed -i \'s/^Body=.*/Body="pid":/\' /etc/cgipool/bybody.pool; cgipool install');
  await m.serving('bybody', 1);
});

test("MaxRequests= recycles workers at full capacity, by nginx's count of requests", async () => {
  const m = await machine();
  const before = await m.serving('old', 1);
  const load = await m.load('http://localhost/old?q=x', '--rate 50 --seconds 4');
  assert.equal(load.failed, 0, load.summary);
  const after = await m.until(
    'old',
    p => p.instances.every(i => i.pid !== before.instances[0]?.pid) && p.healthy > 0,
  );
  assert.equal(after.state, 'ok');
  assert.match(
    await m.run('journalctl -u cgipool -o cat'),
    /it has served \d+ requests \(MaxRequests=\)|newer instance serves/,
  );
  assert.match(await m.run('cgipool why old'), /recycle 8200: it has served \d+ requests \(MaxRequests=\)/);
});

test("SlowLog= logs a slow request with its URL, its instance and the command for the worker's log", async () => {
  const m = await machine();
  await m.serving('bybody', 1);
  await m.run("curl -sf 'http://localhost/bybody?q=slow%20one&delay=700'");
  const slowLines = "journalctl -u cgipool -o cat -g 'slow: GET /bybody'";
  const line = await m.await(slowLines);
  assert.match(
    line,
    /slow: GET \/bybody\?q=slow%20one&delay=700 at cgipool-bybody@\d+\.service took 0\.7 s, status 200 \(journalctl -u cgipool-bybody@\d+\.service --cursor=t=[0-9a-f]+\)/,
  );
  // the worker's lines from then on, and none from before
  const [, journalctl = ''] = /\((journalctl .*)\)/.exec(line) ?? [];
  await m.run('cgipool restart bybody');
  assert.match(await m.await(`${journalctl} -o cat -g ^Stopp`), /Stopp/);
  assert.doesNotMatch(await m.run(`${journalctl} -o cat`), /^Started/m);
  await m.serving('bybody', 1);
  await m.run("curl -sf 'http://localhost/bybody?q=quick'");
  assert.doesNotMatch(await m.run(slowLines), /quick/);
});

test('a forged log line is ignored, and only root and the controller can read the tag of genuine ones', async () => {
  const m = await machine();
  const secret = await m.run('cat /var/lib/cgipool/secret');
  assert.match(secret, /^[0-9a-f]{24}$/);
  const send = (tag: string, what: string): Promise<string> =>
    m.run(
      `printf '<190>Nov 24 20:00:00 ${tag}: 127.0.0.1:8100\\t200\\t9.000\\tGET\\t/bybody?${what}' >/dev/udp/127.0.0.1/299`,
    );
  await send('cgipool', 'forged');
  await send('cgipool_', 'forged');
  await send(`cgipool_${'0'.repeat(24)}`, 'forged');
  await send(`cgipool_${secret}`, 'believed');
  await m.await("journalctl -u cgipool -o cat -g 'believed'");
  assert.doesNotMatch(await m.run('journalctl -u cgipool -o cat'), /forged/);
  for (const file of ['/var/lib/cgipool/secret', '/etc/nginx/cgipool/access.conf'])
    assert.notEqual(
      (await m.attempt(`setpriv --reuid=games --regid=games --clear-groups cat ${file}`)).code,
      0,
      file,
    );
});

test('nginx logs no errors while the controller is stopped', async () => {
  const m = await machine();
  await m.run('systemctl stop cgipool; : >/var/log/nginx/error.log');
  await m.load('http://localhost/bybody?q=x', '--rate 50 --seconds 1');
  assert.equal(await m.run('cat /var/log/nginx/error.log'), '');
  assert.match(
    await m.run('tail -1 /var/log/nginx/access.log'),
    /GET \/bybody/,
    'its own access log continues',
  );
  await m.run('systemctl start cgipool');
  await m.await('cgipool status');
});

test('a worker that holds a request longer than RequestTimeout= is replaced, and the request is logged', async () => {
  const m = await machine();
  const before = await m.serving('held', 2);
  const held = m.attempt('curl -s -m 20 http://localhost/held/stream');
  await m.await("journalctl -u cgipool -o cat -g 'it has held a request for'");
  await m.until(
    'held',
    p => p.healthy === 2 && p.instances.some(i => !before.instances.some(b => b.pid === i.pid)),
  );
  assert.match(
    await m.run('journalctl -u cgipool -o cat'),
    /it has held a request for [34](\.\d)? s \(RequestTimeout=3 s\)/,
  );
  await m.await("journalctl -u cgipool -o cat -g 'slow: GET /held/stream'", 30);
  await held;
});

test('a request that is cut by RequestTimeout= is not tried on another worker, and its client has an answer soon after', async () => {
  const m = await machine();
  const before = await m.serving('held', 2, 30);
  const since = await m.mark();
  const asked = await m.run(
    "curl -s -m 40 -o /dev/null -w '%{http_code} %{time_total}' http://localhost/held/hang",
  );
  const [code = '', seconds = ''] = asked.split(' ');
  assert.ok(['502', '504'].includes(code), asked);
  assert.ok(Number(seconds) >= 3 && Number(seconds) < 9, asked);
  await m.serving('held', 2, 30);
  const cut = await m.run(
    `journalctl -u cgipool -o cat ${since} -g '^held: replace .*it has held a request for'`,
  );
  assert.equal(cut.split('\n').length, 1, cut);
  const after = await m.poolStatus('held');
  const kept = after.instances.filter(({ pid }) => before.instances.some(old => old.pid === pid));
  assert.equal(kept.length, 1);
});

test.run();
