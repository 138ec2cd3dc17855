import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch, crowd, row, whileControllerDies } from './chaos.ts';
import { bringEcho } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: workers die, hang and are late under 200 requests/s');

const URL = '/crowd?q=x&delay=5';

const POST = `[Pool]
Exec=${process.execPath} /srv/echo.mjs
Ports=8400-8409
Min=4
Max=4
[Health]
Interval=500ms
[Scale]
CPU=none
[Nginx]
Location=/post`;

const machine = machineFor(test, 'rel-deaths', async m => {
  await bringSearch(m);
  await bringEcho(m);
  await m.pool('crowd', crowd('/crowd', '8000-8009'));
  await m.pool('post', POST);
  await m.pool('again', POST.replace('8400-8409', '8500-8509').replace('/post', '/again\nIdempotent=yes'));
  await m.install('--no-samples');
});

/** Kills a worker every 0.5 s, one slot after the other. */
const kills = (m: Machine, pool: string, first: number, times: number): Promise<string> =>
  m.run(`for i in $(seq ${times}); do sleep 0.5
    pid=$(systemctl show -P MainPID cgipool-${pool}@$((${first} + i % 4))); [ "$pid" -gt 1 ] && kill -9 $pid; done; true`);

/** Requests in flight on workers when they died, by nginx's log; other errors are failed connects. */
const inFlight = "grep 'request: \"POST /post' /var/log/nginx/error.log | grep -vc 'connect() failed'";

const pids = (pool: PoolStatus): number[] => pool.instances.map(i => i.pid);

/** Waits until those are gone and four listen in their place. Returns when, ms since the epoch. */
async function listenAgain(m: Machine, before: readonly number[]): Promise<number> {
  const gone = `! kill -0 ${before.join(' ')} 2>/dev/null`;
  const listening = "ss -Htln 'sport >= :8000 and sport <= :8009' | wc -l";
  return Number(await m.await(`${gone} && [ $(${listening}) -ge 4 ] && date +%s%3N`));
}

test('killing a worker every 0.5 s for 30 s loses no GET', async () => {
  const m = await machine();
  await m.serving('crowd', 4);
  const load = await row(m, 'SIGKILL every 0.5 s', URL, () => kills(m, 'crowd', 8000, 60));
  assert.ok(load.total > 5000);
  assert.equal(load.failed, 0, load.summary);
  await m.serving('crowd', 4);
});

test('killing a worker loses only its POSTs in flight, and none with Idempotent=yes', async () => {
  const m = await machine();
  await m.serving('post', 4);
  await m.serving('again', 4);
  const times = 20;
  await m.run(': >/var/log/nginx/error.log');
  const kill = (): Promise<string> => kills(m, 'post', 8400, times);
  const once = await row(m, 'POST, SIGKILL every 0.5 s', '/post', kill, '--method POST');
  const held = Number((await m.attempt(inFlight)).out);
  console.log(`POST: the killed workers held ${held} requests`);
  assert.equal(once.failed, held, `${once.summary}\n${await m.run('tail -50 /var/log/nginx/error.log')}`);
  assert.deepEqual(
    Object.keys(once.statuses).filter(s => s !== '200' && s !== '502'),
    [],
  );
  const again = await row(
    m,
    'POST with Idempotent=yes, SIGKILL every 0.5 s',
    '/again',
    () => kills(m, 'again', 8500, times),
    '--method POST',
  );
  assert.equal(again.failed, 0, again.summary);
});

test('SIGSTOP of a worker loses no GET, and capacity is back within Fall= x Interval= + 2 s', async () => {
  const m = await machine();
  const before = await m.serving('crowd', 4);
  const victim = before.instances[0];
  let took = 0;
  const load = await row(m, 'SIGSTOP', URL, async () => {
    await m.signal('STOP', 'crowd', victim?.slot ?? 0);
    const began = Date.now();
    await m.until('crowd', p => {
      const well = p.instances.filter(i => i.published && i.state === 'healthy');
      return well.length === 4 && well.every(i => i.pid !== victim?.pid);
    });
    took = Date.now() - began;
  });
  assert.equal(load.failed, 0, load.summary);
  const why = await m.run('cgipool why crowd | tail -12');
  console.log(`SIGSTOP: capacity back after ${took} ms\n${why}`);
  assert.ok(took < 3 * 2000 + 2000, `${took} ms\n${why}`);
  await m.serving('crowd', 4, 45);
});

test('killing the controller while workers are killed and while one hangs loses no GET', async () => {
  const m = await machine();
  await m.serving('crowd', 4, 45);
  const killed = await row(
    m,
    'SIGKILL every 0.5 s, kill -9 of the controller over and over',
    URL,
    async () => {
      const deaths = await whileControllerDies(m, () => kills(m, 'crowd', 8000, 18));
      assert.ok(deaths > 3);
      await m.serving('crowd', 4, 45);
    },
  );
  assert.equal(killed.failed, 0, killed.summary);
  const victim = (await m.serving('crowd', 4)).instances[3];
  const isReplaced = (p: PoolStatus): boolean =>
    p.instances.filter(i => i.published && i.state === 'healthy' && i.pid !== victim?.pid).length >= 4;
  const hung = await row(m, 'SIGSTOP, kill -9 of the controller over and over', URL, async () => {
    await whileControllerDies(m, async () => {
      await m.signal('STOP', 'crowd', victim?.slot ?? 0);
      await m.until('crowd', isReplaced, 60);
    });
  });
  assert.equal(hung.failed, 0, hung.summary);
  await m.serving('crowd', 4, 45);
});

for (const [what, units] of [
  ['all four', ''],
  ['all four and the controller', 'cgipool.service '],
] as const)
  test(`${what} killed at once are back within a moment, and no request after that fails`, async () => {
    const m = await machine();
    const before = pids(await m.serving('crowd', 4, 30));
    let back = 0;
    const load = await row(m, `${what} killed at once`, URL, async () => {
      await m.run(`systemctl kill -s KILL ${units}'cgipool-crowd@*'`);
      back = await listenAgain(m, before);
      await m.until('crowd', p => p.healthy === 4 && pids(p).every(pid => !before.includes(pid)), 30);
      await m.serving('crowd', 4);
    });
    // with all workers dead, requests fail until all four listen again
    assert.ok(load.lastFailedAt <= back, `${load.lastFailedAt - back} ms after that: ${load.summary}`);
    assert.equal((await m.load('http://localhost/crowd?q=x', '--rate 200 --seconds 2')).failed, 0);
  });

test.run();
