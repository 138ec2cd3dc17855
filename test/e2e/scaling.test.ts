import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Why } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { machineFor } from './machine-for.ts';
import { tickSoon } from './workers/workers.ts';

const test = suite('e2e: what a pool is scaled by, and what holds it');

const poolFile = (name: string, slots: string, scale: string): string => `[Pool]
Exec=/srv/services/search %i
Ports=${slots}
Max=4
[Scale]
CPU=none
Window=3s
${scale}
[Nginx]
Location=/${name}
`;

const POOLS: Record<string, string> = {
  rate: poolFile('rate', '8000-8004', 'Requests=20\nStableWindow=3s'),
  late: poolFile('late', '8010-8014', 'Latency=p90:60ms\nStableWindow=3s'),
  jobs: poolFile('jobs', '8020-8024', 'External=10\nMetric=file:/srv/jobs\nStableWindow=2s'),
  told: poolFile('told', '8030-8034', 'External=10\nMetric=exec:/srv/count %%\nStableWindow=2s'),
  times: poolFile(
    'times',
    '8040-8044',
    '[Schedule always]\nOnCalendar=*-*-* *:*:00\nDuration=5min\nMin=2\nMax=3\n[Schedule past]\nOnCalendar=2020-01-01\nDuration=1h\nMin=4',
  ),
};

/** Burns CPU for some seconds before it listens, as a program that compiles or fills caches does. */
const SLOW_START = `#!/usr/bin/python3
import http.server, sys, time
end = time.monotonic() + 5
while time.monotonic() < end: pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
`;

const machine = machineFor(test, 'scaling', async m => {
  await bringSearch(m);
  for (const [name, text] of Object.entries(POOLS)) await m.pool(name, text);
  await m.write('/srv/count', '#!/bin/sh\nid -un >/run/count-as-$$ 2>/dev/null\ncat /srv/number\n');
  await m.run('chmod +x /srv/count; echo 5 >/srv/jobs; echo 5 >/srv/number');
  await tickSoon(m);
  await m.install('--no-samples');
});

const whyOf = async (m: Machine, pool: string): Promise<Why> =>
  JSON.parse(await m.run(`cgipool why ${pool} --json`))[0];

test('an instance that computes before it listens is no load: its pool stays as it is', async () => {
  const m = await machine();
  await m.write('/srv/slow.py', SLOW_START);
  await m.pool(
    'slow',
    '[Pool]\nExec=/usr/bin/python3 /srv/slow.py %i\nPorts=8050-8059\nMax=8\n[Scale]\nCPU=20%\nStableWindow=3s\nPanicWindow=2s\nWindow=3s\n[Nginx]\nLocation=/slow\n',
  );
  await m.run('cgipool install');
  await m.serving('slow', 1, 30);
  const old = (await m.poolStatus('slow')).instances[0]?.pid;
  await m.run('cgipool restart slow');
  await m.until('slow', p => p.instances.length === 1 && p.instances[0]?.pid !== old && p.healthy === 1, 40);
  const made = (await whyOf(m, 'slow')).decisions.map(({ from, to }) => [from, to]);
  assert.ok(made.length > 0);
  assert.deepEqual(
    made.filter(([from, to]) => from !== to),
    [],
  );
  await m.run('rm /etc/cgipool/slow.pool; cgipool install');
});

test('a pool is scaled by Requests=, from nginx log lines', async () => {
  const m = await machine();
  await m.serving('rate', 1);
  const load = m.load('http://localhost/rate?q=x', '--rate 55 --seconds 9');
  const grown = await m.until('rate', p => p.desired === 3);
  assert.ok((grown.traffic?.rate ?? 0) > 20, JSON.stringify(grown.traffic));
  assert.equal((await load).failed, 0);
  await m.serving('rate', 1, 30);
});

test('a pool is scaled by Latency=', async () => {
  const m = await machine();
  await m.serving('late', 1);
  const load = m.load('http://localhost/late?q=x&delay=40', '--concurrent 5 --seconds 10');
  const grown = await m.until('late', p => p.desired >= 3);
  assert.ok((grown.traffic?.p95 ?? 0) > 60, JSON.stringify(grown.traffic));
  const reading = (await whyOf(m, 'late')).decision?.readings[0];
  assert.deepEqual([reading?.metric, reading?.target], ['latency', 60]);
  assert.equal((await load).failed, 0);
});

test('a pool is scaled by Metric=file:, and stays as it is while the file is missing', async () => {
  const m = await machine();
  await m.serving('jobs', 1);
  await m.run('echo 35 >/srv/jobs');
  await m.serving('jobs', 4);
  await m.run('echo garbage >/srv/jobs');
  await m.await('cgipool why jobs | grep -q "external: no data"');
  assert.equal((await m.poolStatus('jobs')).desired, 4);
  await m.run('echo 15 >/srv/jobs');
  await m.serving('jobs', 2, 30);
});

test("a pool is scaled by Metric=exec:, whose command runs as the pool's user", async () => {
  const m = await machine();
  await m.serving('told', 1);
  await m.run('echo 25 >/srv/number');
  await m.serving('told', 3, 30);
  assert.equal(await m.run('systemctl show -P DynamicUser cgipool-told.metric.service'), 'yes');
  assert.equal(await m.run('ls /run/count-as-* 2>/dev/null | wc -l'), '0', 'the command cannot write there');
  assert.equal(await m.run('cat /run/cgipool-metrics/told'), '25');
  await m.write('/srv/count', '#!/bin/sh\nexit 3\n');
  await m.await('cgipool why told | grep -q "external: no data"', 30);
  assert.equal((await m.poolStatus('told')).desired, 3);
});

test('the range follows the schedule in force, and cgipool scale overrides it', async () => {
  const m = await machine();
  const pool = await m.serving('times', 2);
  assert.deepEqual([pool.schedule, pool.min, pool.max], ['always', 2, 3]);
  await m.run('cgipool scale times 1');
  await m.serving('times', 1, 30);
  await m.run('cgipool scale times auto');
  const before = await m.serving('times', 2);
  const since = await m.mark();
  await m.run('systemctl restart cgipool.service');
  await m.await('cgipool status times');
  const after = await m.serving('times', 2);
  assert.deepEqual(
    after.instances.map(i => i.pid),
    before.instances.map(i => i.pid),
  );
  const said = await m.run(`journalctl -q -u cgipool -o cat ${since}`);
  assert.doesNotMatch(said, /times: drain/, 'a new controller knows the schedule before it acts');
});

test('a wrong OnCalendar= is reported with its line, and the pool stays as installed', async () => {
  const m = await machine();
  await m.run("sed -i 's/^OnCalendar=2020.*/OnCalendar=Mun 8/' /etc/cgipool/times.pool");
  const line = await m.run("grep -n 'Mun 8' /etc/cgipool/times.pool | cut -d: -f1");
  const { code, err } = await m.attempt('cgipool check');
  assert.equal(code, 2);
  assert.match(err, new RegExp(`/etc/cgipool/times.pool:${line}: OnCalendar=Mun 8 is not a calendar event`));
  assert.equal((await m.poolStatus('times')).schedule, 'always');
  await m.pool('times', POOLS.times ?? '');
});

test('without free memory on the machine no pool grows, and cgipool why says so', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', '[Machine]\nMinAvailable=9999%\n');
  await m.run('cgipool install; echo 35 >/srv/jobs');
  await m.await('cgipool why jobs | grep -F "held by the machine: "', 20);
  assert.equal((await m.poolStatus('jobs')).desired, 2);
  assert.match(
    await m.run('cgipool why jobs'),
    /held by the machine: \d+(\.\d)?% of its memory is available \(MinAvailable=9999%\)/,
  );
  await m.run('rm /etc/cgipool/cgipool.conf; cgipool install');
  await m.serving('jobs', 4);
});

test('each scaling is logged with journal fields, and the history survives a restart of the controller', async () => {
  const m = await machine();
  const query = 'journalctl -u cgipool -o json CGIPOOL_POOL=jobs CGIPOOL_TO=4';
  const entry = JSON.parse((await m.await(`${query} | tail -1 | grep .`)).split('\n').at(-1) ?? '');
  assert.match(entry.MESSAGE, /^jobs: scale \d -> 4: /);
  assert.equal(JSON.parse(entry.CGIPOOL_READINGS)[0].metric, 'external');
  const before = await whyOf(m, 'jobs');
  assert.ok(before.decisions.length > 3 && before.decisions.length <= 100);
  await m.run('systemctl kill -s KILL cgipool.service');
  await m.await('cgipool status');
  const ats = (why: Why): number[] => why.decisions.map(decision => decision.at);
  const after = await whyOf(m, 'jobs');
  assert.deepEqual(ats(after).slice(0, ats(before).length - 1), ats(before).slice(0, -1));
});

test.run();
