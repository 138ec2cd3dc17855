import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';
import { sleeper } from './sleeper.ts';
import { tickSoon } from './workers/workers.ts';

const test = suite('e2e: pools that sleep');

/** Its instances take three seconds to start, and nginx waits one for an answer. */
const SLOW = echoPool({ ports: '8010-8012', min: 0, max: 2, location: '/slow', nginx: 'ReadTimeout=1s' })
  .replace('Exec=', 'Exec=/bin/sh -c "sleep 3; exec $0 $1" ')
  .replace('[Health]', '[Scale]\nIdleTimeout=3s\nWindow=2s\n[Health]');

const machine = machineFor(test, 'sleep', async m => {
  await bringSearch(m);
  await m.pool('tcp', sleeper('/tcp', 'Ports=8000-8004'));
  await m.pool('sock', sleeper('/sock', 'Listen=unix'));
  await bringEcho(m);
  await m.pool('slow', SLOW);
  await tickSoon(m);
  await m.install('--no-samples');
});

const isAsleep = (pool: PoolStatus): boolean => pool.state === 'asleep' && pool.instances.length === 0;
const asleep = (m: Machine, pool: string): Promise<PoolStatus> => m.until(pool, isAsleep, 40);
/**
 * Waits until nginx sends to the wake socket, by the publish step's report: the file of the socket may exist earlier.
 */
const sendsTo = (m: Machine, pool: string): Promise<string> =>
  m.await(`grep -E '"live":[{][^}]*"${pool}":[[]0[]]' /run/cgipool-publish/result.json`);

for (const [pool, kind] of [
  ['tcp', 'a port'],
  ['sock', 'a unix socket'],
] as const) {
  test(`${kind}: a sleeping pool has no instance until its first request, which is answered`, async () => {
    const m = await machine();
    await asleep(m, pool);
    await sendsTo(m, pool);
    assert.match(await m.run(`curl -sf 'http://localhost/${pool}?q=first'`), /"query": *"first"/);
    await m.until(pool, p => p.healthy === 1 && p.instances.some(i => i.published));
    assert.match(await m.run(`cgipool why ${pool}`), /scale 0 -> 1: a request is waiting/);
  });

  test(`${kind}: an idle pool goes to sleep, and 50 simultaneous first requests are all answered`, async () => {
    const m = await machine();
    await asleep(m, pool);
    await sendsTo(m, pool);
    const burst = `seq 50 | xargs -P 50 -I{} curl -s -o /dev/null -w '%{http_code}\\n' 'http://localhost/${pool}?q={}&delay=20' | sort | uniq -c`;
    assert.match(await m.run(burst), /^ *50 200$/);
  });
}

test('no request is lost while a pool keeps going to sleep and waking', async () => {
  const m = await machine();
  await m.run("sed -i 's/^IdleTimeout=.*/IdleTimeout=1s/' /etc/cgipool/tcp.pool; cgipool install");
  await m.until('tcp', p => p.state === 'ok' || p.state === 'asleep');
  // requests at intervals at which the pool just sleeps, drains, or is about to
  const load = `failed=0; for i in $(seq 18); do
    [ "$(curl -s -o /dev/null -m 20 -w '%{http_code}' 'http://localhost/tcp?q=x')" = 200 ] || failed=$((failed + 1))
    sleep $((i % 4)).$((i % 10)); done; echo $failed`;
  assert.equal(await m.run(load), '0');
  const wakes = Number(await m.run("journalctl -u cgipool -o cat | grep -c 'tcp: scale 0 -> 1'"));
  assert.ok(wakes >= 4, `${wakes} times`);
});

test('a request that waits while the controller is killed is answered', async () => {
  const m = await machine();
  await asleep(m, 'sock');
  await sendsTo(m, 'sock');
  await m.run('systemctl kill -s KILL cgipool.service');
  assert.match(await m.run("curl -sf -m 20 'http://localhost/sock?q=late'"), /"query": *"late"/);
});

test('the first request waits for an instance that starts slower than ReadTimeout=', async () => {
  const m = await machine();
  await asleep(m, 'slow');
  await sendsTo(m, 'slow');
  assert.equal(await statusOf(m, 'http://localhost/slow'), 200);
  // and no longer than that once it runs
  await m.serving('slow', 1);
  await m.await("grep -q 'proxy_read_timeout 1000ms' /etc/nginx/cgipool/locations.conf");
  assert.equal((await m.attempt('cgipool install --dry-run')).out, 'nothing to change');
  await asleep(m, 'slow');
  await sendsTo(m, 'slow');
  assert.equal((await m.attempt('cgipool install --dry-run')).out, 'nothing to change');
});

test('a stopped pool is not woken, and a pool without Min=0 has no wake socket', async () => {
  const m = await machine();
  await m.run('cgipool stop sock');
  await m.until('sock', p => p.state === 'stopped' && p.instances.length === 0, 30);
  await m.await("[ $(curl -s -o /dev/null -w '%{http_code}' http://localhost/sock) = 503 ]");
  await m.run('cgipool start sock');
  await m.run("sed -i 's/^Min=0/Min=1/' /etc/cgipool/sock.pool; cgipool install");
  await m.serving('sock', 1, 30);
  await m.await('! systemctl -q is-active cgipool-sock.wake.socket && [ ! -e /run/cgipool/sock.wake ]');
  assert.equal(await m.run("systemctl list-units --no-legend --all 'cgipool-sock.wake.*'"), '');
});

test('only nginx and the controller may dial the wake socket, and its service reaches only the pool', async () => {
  const m = await machine();
  await asleep(m, 'tcp');
  const dial = 'curl -s -m 2 --unix-socket /run/cgipool/tcp.wake http://localhost/';
  assert.notEqual((await m.attempt(`setpriv --reuid=games --regid=games --clear-groups ${dial}`)).code, 0);
  await asleep(m, 'tcp');
  assert.equal(await m.run('stat -c "%U %G %a" /run/cgipool/tcp.wake'), 'root cgipool-sockets 660');
});

test('after a reboot a pool with Min=0 sleeps, and wakes on a request', async () => {
  const m = await machine();
  await m.run('systemctl enable --quiet nginx.service');
  await m.reboot();
  await asleep(m, 'tcp');
  await sendsTo(m, 'tcp');
  assert.match(await m.run("curl -sf -m 20 'http://localhost/tcp?q=anew'"), /"query": *"anew"/);
});

test.run();
