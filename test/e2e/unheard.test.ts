import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { machineFor } from './machine-for.ts';
import { tickSoon } from './workers/workers.ts';

/*
 * Requests that nginx does not report: an administrator's own server block has an access_log of its own.
 */
const test = suite('e2e: requests that nginx does not report');

const poolFile = (name: string, slots: string, lines: string): string =>
  `[Pool]\nExec=/srv/services/search %i\nPorts=${slots}\nMax=4\n${lines}\n[Nginx]\nLocation=/${name}\n`;
const RATE =
  '[Scale]\nCPU=none\nRequests=20\nStableWindow=3s\nPanicWindow=2s\nWindow=3s\n[Health]\nInterval=500ms';
const SLEEPY = 'Min=0\n[Scale]\nCPU=none\nConcurrency=2\nIdleTimeout=2s\nWindow=2s';

const own = (lines: string): string =>
  `server {\n listen 8081;\n access_log /var/log/nginx/own.log;\n ${lines}\n include /etc/nginx/cgipool/locations.conf;\n}\n`;

async function setOwnServer(m: Machine, lines: string): Promise<void> {
  await m.write('/etc/nginx/sites-enabled/own', own(lines));
  await m.run('nginx -t -q && systemctl reload nginx');
}

const machine = machineFor(test, 'unheard', async m => {
  await bringSearch(m);
  await m.pool('rate', poolFile('rate', '8000-8004', RATE));
  await m.pool('plain', poolFile('plain', '8020-8024', RATE));
  await m.pool('sleepy', poolFile('sleepy', '8010-8014', SLEEPY));
  await tickSoon(m);
  await m.install('--no-samples');
  await setOwnServer(m, '');
});

/** Requests of 30 ms through a server block. At sixty a second Requests=20 calls for three instances. */
const load = (m: Machine, port: number, pool: string, seconds: number, rate = 60) =>
  m.load(`http://localhost:${port}/${pool}?q=x&delay=30`, `--rate ${rate} --seconds ${seconds}`);

test('a busy pool keeps its instances when nginx reports its requests no longer', async () => {
  const m = await machine();
  const reported = load(m, 80, 'rate', 12);
  const grown = await m.until('rate', p => p.desired >= 2 && p.healthy === p.desired, 20);
  assert.equal((await reported).failed, 0);
  // three times Window=
  assert.equal((await load(m, 8081, 'rate', 12)).failed, 0);
  assert.ok((await m.poolStatus('rate')).desired >= grown.desired);
  assert.match(await m.run('cgipool why rate'), /requests: no data/);
});

test('the status says that requests are not reported, and the cure', async () => {
  const m = await machine();
  // three of four passes see a connection, of which it takes seven: at 15 a second chance let see fewer in time, once in fifty runs
  const unreported = load(m, 8081, 'plain', 20, 25);
  // unknown is not zero; traffic is measured anew each second
  const pool = await m.until('plain', p => p.problems.length > 0 && p.traffic === null, 20);
  assert.match(
    pool.problems.join(),
    /^nginx does not report all requests.*include \/etc\/nginx\/cgipool\/access\.conf; as well$/,
  );
  assert.equal((await unreported).failed, 0);
});

test('a pool that sleeps is woken a few times at most, and then stays awake', async () => {
  const m = await machine();
  await m.until('sleepy', p => p.state === 'asleep', 40);
  // one short request each 4 s: no sample sees most of them
  const one = "curl -s -o /dev/null -w '%{http_code} ' 'localhost:8081/sleepy?q=x'; sleep 4";
  assert.match(await m.run(`for i in $(seq 9); do ${one}; done`), /^(200 ){9}$/);
  const pool = await m.poolStatus('sleepy');
  assert.equal(pool.healthy, 1);
  assert.match(pool.problems.join(), /nginx does not report all requests/);
  const wakes = (await m.run('cgipool why sleepy')).match(/scale 0 -> 1/g) ?? [];
  assert.ok(wakes.length >= 1 && wakes.length <= 4, `${wakes.length}`);
});

test('after the cure the requests count, the problem is gone, and the pool sleeps again', async () => {
  const m = await machine();
  await setOwnServer(m, 'include /etc/nginx/cgipool/access.conf;');
  const one = 'curl -sf -o /dev/null localhost:8081/sleepy?q=x; sleep 5';
  const reported = load(m, 8081, 'plain', 75, 15);
  const rare = m.run(`for i in $(seq 15); do ${one}; done`);
  // a whole minute must have been reported
  await m.until('plain', p => p.problems.length === 0 && (p.traffic?.rate ?? 0) > 8, 75);
  await m.until('sleepy', p => p.problems.length === 0, 75);
  assert.equal((await reported).failed, 0);
  await rare;
  await m.until('sleepy', p => p.state === 'asleep', 30);
  assert.ok(Number(await m.run('grep -c plain /var/log/nginx/own.log')) > 100, 'its own log goes on');
});

test('access.conf stays when no pool needs it, so that nginx loads', async () => {
  const m = await machine();
  await m.run(
    'rm /etc/cgipool/sleepy.pool; sed -i /Requests=/d /etc/cgipool/{rate,plain}.pool; cgipool install',
  );
  await m.run('nginx -t -q');
  assert.doesNotMatch(await m.run('cat /etc/nginx/cgipool/access.conf'), /syslog/);
});

test.run();
