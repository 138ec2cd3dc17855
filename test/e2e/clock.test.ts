import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringClock, setClock } from './controller-clock.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

/*
 * The controller's time of day leaps: a booted machine shares the clock with its host, so libfaketime sets the controller's alone, and
 * leaves its monotonic clock as it is.
 */
const test = suite('e2e: a clock that is set');

const HOUR_S = 3600;

const machine = machineFor(test, 'clock', async m => {
  await bringClock(m);
  await bringEcho(m);
  await m.pool('shop', echoPool({ ports: '8000-8005', max: 5, location: '/shop' }));
  await m.install('--no-samples');
  await m.serving('shop', 1);
});

/** Sets the controller's clock this many seconds from the true time. */
async function leapTo(m: Machine, seconds: number): Promise<void> {
  await setClock(m, seconds);
  for (const end = performance.now() + 5000; ; await setTimeout(50)) {
    const off = (Date.parse((await m.status()).at) - Date.now()) / 1000;
    if (Math.abs(off - seconds) < 60) return;
    assert.ok(performance.now() < end, `the controller's clock is ${off} s off`);
  }
}

for (const [what, seconds] of [
  ['back by an hour', -HOUR_S],
  ['forward by a day', 24 * HOUR_S],
  ['back by a day after that', 0],
] as const)
  test(`${what}: instances are started and published as ever, and over a restart of the controller too`, async () => {
    const m = await machine();
    await leapTo(m, seconds);
    await m.run('cgipool scale shop 3');
    await m.serving('shop', 3, 5);
    await m.run('systemctl restart cgipool.service');
    await m.run('cgipool scale shop 1');
    await m.serving('shop', 1, 10);
    await leapTo(m, 0);
  });

test('a change rolls out once, whatever the clock', async () => {
  const m = await machine();
  await leapTo(m, -HOUR_S);
  await m.pool('shop', `${echoPool({ ports: '8000-8005', max: 5, location: '/shop' })}[Service]\nNice=1\n`);
  await m.run('cgipool install');
  const [first] = (await m.serving('shop', 1)).instances;
  assert.equal(await m.run(`systemctl show -P Nice ${first?.unit}`), '1');
  await leapTo(m, HOUR_S);
  await m.run('systemctl restart cgipool.service');
  await m.await('cgipool status');
  await m.run('cgipool install');
  const [last] = (await m.serving('shop', 1)).instances;
  assert.deepEqual([last?.pid, last?.outdated], [first?.pid, false]);
  await leapTo(m, 0);
});

test('a back-off does not wait for an hour when the clock is set back', async () => {
  const m = await machine();
  await m.pool(
    'bad',
    echoPool({ ports: '8010-8010', max: 1, location: '/bad' }).replace(/^Exec=.*/m, 'Exec=/srv/program'),
  );
  await m.write('/srv/program', '#!/bin/sh\nexit 1\n');
  await m.run('chmod 755 /srv/program; cgipool install --no-wait');
  await m.until('bad', ({ problems }) => /next attempt in [2-9] s/.test(problems.join()), 40);
  await leapTo(m, -HOUR_S);
  await m.write('/srv/program', `#!/bin/sh\nexec ${process.execPath} /srv/echo.mjs\n`);
  await m.serving('bad', 1, 30);
  await m.run('rm /etc/cgipool/bad.pool; cgipool install');
  await leapTo(m, 0);
});

test('a leap forward cuts no request that a draining instance holds', async () => {
  const m = await machine();
  const streaming = m.run('curl -sN -m 30 http://localhost/shop/stream');
  // whoever fails in the meantime never awaits it
  streaming.catch(() => {});
  const held = await m.until('shop', ({ instances }) =>
    instances.some(({ connections }) => connections === 1),
  );
  const { slot } = held.instances[0] ?? assert.fail();
  await m.run('cgipool restart shop');
  await m.until('shop', ({ instances }) => instances.some(i => i.slot === slot && i.state === 'draining'));
  await leapTo(m, HOUR_S);
  await m.run('sleep 3');
  assert.equal(await m.run(`curl -s http://127.0.0.1:${slot}/shop/go`), '1');
  assert.equal(await streaming, 'first\nsecond');
  await leapTo(m, 0);
});

test('times for people are times of day, after a leap too', async () => {
  const m = await machine();
  await leapTo(m, -HOUR_S);
  const [instance] = (await m.poolStatus('shop')).instances;
  const age = Date.now() - HOUR_S * 1000 - Date.parse(instance?.startedAt ?? '');
  assert.ok(age > 0 && age < 10 * 60_000, `${age}`);
  await leapTo(m, 0);
});

test('a schedule follows the time zone within a minute', async () => {
  const m = await machine();
  // it is noon in one of the zones, and midnight in the other
  const hour = new Date().getUTCHours();
  const zone = (offset: number): string =>
    `/usr/share/zoneinfo/Etc/GMT${offset < 0 ? '+' : '-'}${Math.abs(offset)}`;
  const toNoon = 12 - hour;
  const toNight = hour < 12 ? -hour : 24 - hour;
  await m.run(`ln -sf ${zone(toNight > 12 ? toNight - 24 : toNight)} /etc/localtime`);
  const day = '[Schedule day]\nOnCalendar=*-*-* 08:00\nDuration=8h\nMin=2\n';
  await m.pool('shop', `${echoPool({ ports: '8000-8005', max: 5, location: '/shop' })}${day}`);
  await m.run('cgipool scale shop auto; cgipool install');
  assert.equal((await m.poolStatus('shop')).schedule, null);
  await m.run(`ln -sf ${zone(toNoon)} /etc/localtime`);
  await m.until('shop', ({ schedule }) => schedule === 'day', 60);
});

test.run();
