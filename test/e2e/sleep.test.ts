import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { machineFor } from './machine-for.ts';
import { tickSoon } from './workers/workers.ts';

const test = suite('e2e: pools that sleep');

const sleeper = (location: string, slots: string, more = ''): string => `[Pool]
Exec=/srv/services/search ${more === '' ? '%i' : '$SOCKET'}
${more}${slots}
Min=0
Max=3
[Scale]
CPU=none
Concurrency=2
IdleTimeout=3s
Window=2s
[Nginx]
Location=${location}
`;

const machine = machineFor(test, 'sleep', async m => {
  await bringSearch(m);
  await m.pool('tcp', sleeper('/tcp', 'Ports=8000-8004'));
  await m.pool('sock', sleeper('/sock', '', 'Listen=unix\n'));
  await tickSoon(m);
  await m.install('--no-samples');
});

const isAsleep = (pool: PoolStatus): boolean => pool.state === 'asleep' && pool.instances.length === 0;
const asleep = (m: Machine, pool: string): Promise<PoolStatus> => m.until(pool, isAsleep, 40);
/** nginx sends to the wakeSocket: as the step reports, since its file is there before that, and after a reboot before the socket. */
const rings = (m: Machine, pool: string): Promise<string> =>
  m.await(`grep -E '"live":[{][^}]*"${pool}":[[]0[]]' /run/cgipool-publish/result.json`);

for (const [pool, kind] of [
  ['tcp', 'a port'],
  ['sock', 'a unix socket'],
] as const) {
  test(`${kind}: nothing runs until the first request, which is answered`, async () => {
    const m = await machine();
    await asleep(m, pool);
    await rings(m, pool);
    assert.match(await m.run(`curl -sf 'http://localhost/${pool}?q=first'`), /"query": *"first"/);
    await m.until(pool, p => p.healthy === 1 && p.instances.some(i => i.published));
    assert.match(await m.run(`cgipool why ${pool}`), /scale 0 -> 1: a request is waiting/);
  });

  test(`${kind}: without a request it sleeps again, and 50 first requests at once are all answered`, async () => {
    const m = await machine();
    await asleep(m, pool);
    await rings(m, pool);
    const burst = `seq 50 | xargs -P 50 -I{} curl -s -o /dev/null -w '%{http_code}\\n' 'http://localhost/${pool}?q={}&delay=20' | sort | uniq -c`;
    assert.match(await m.run(burst), /^ *50 200$/);
  });
}

test('requests through sleep and waking, again and again: none is lost', async () => {
  const m = await machine();
  await m.run("sed -i 's/^IdleTimeout=.*/IdleTimeout=1s/' /etc/cgipool/tcp.pool; cgipool install");
  await m.until('tcp', p => p.state === 'ok' || p.state === 'asleep');
  // a request now and then, as late as the pool just sleeps, drains, or is about to
  const load = `failed=0; for i in $(seq 18); do
    [ "$(curl -s -o /dev/null -m 20 -w '%{http_code}' 'http://localhost/tcp?q=x')" = 200 ] || failed=$((failed + 1))
    sleep $((i % 4)).$((i % 10)); done; echo $failed`;
  assert.equal(await m.run(load), '0');
  const wakes = Number(await m.run("journalctl -u cgipool -o cat | grep -c 'tcp: scale 0 -> 1'"));
  assert.ok(wakes >= 4, `${wakes} times`);
});

test('the controller killed while a request waits: it is answered all the same', async () => {
  const m = await machine();
  await asleep(m, 'sock');
  await rings(m, 'sock');
  await m.run('systemctl kill -s KILL cgipool.service');
  assert.match(await m.run("curl -sf -m 20 'http://localhost/sock?q=late'"), /"query": *"late"/);
});

test('a stopped pool is not woken; one that sleeps no more has no wakeSocket', async () => {
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

test('nobody but nginx may ring, and the wakeSocket leads nowhere but to the pool', async () => {
  const m = await machine();
  await asleep(m, 'tcp');
  const ring = 'curl -s -m 2 --unix-socket /run/cgipool/tcp.wake http://localhost/';
  assert.notEqual((await m.attempt(`setpriv --reuid=games --regid=games --clear-groups ${ring}`)).code, 0);
  await asleep(m, 'tcp');
  assert.equal(await m.run('stat -c "%U %G %a" /run/cgipool/tcp.wake'), 'root cgipool-sockets 660');
});

test('a reboot: it sleeps, and wakes', async () => {
  const m = await machine();
  await m.run('systemctl enable --quiet nginx.service');
  await m.reboot();
  await asleep(m, 'tcp');
  await rings(m, 'tcp');
  assert.match(await m.run("curl -sf -m 20 'http://localhost/tcp?q=anew'"), /"query": *"anew"/);
});

test.run();
