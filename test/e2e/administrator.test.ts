import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

/* What an administrator does to units that pools depend on, and to single instances. */
const test = suite('e2e: the administrator of systemd');

const DB = '[Service]\nExecStart=/bin/sleep inf\n';
const needy = (key: string, name: string, ports: string): string =>
  `[Unit]\n${key}=db.service\nAfter=db.service\n${echoPool({ ports, min: 1, max: 2, location: `/${name}` })}`;

const machine = machineFor(test, 'administrator', async m => {
  await bringEcho(m);
  await m.write('/etc/systemd/system/db.service', DB);
  await m.pool('shop', echoPool({ ports: '8000-8003', min: 1, max: 3, location: '/shop' }));
  await m.pool('needy', needy('Requires', 'needy', '8010-8013'));
  await m.pool('wishing', needy('Wants', 'wishing', '8020-8023'));
  await m.install('--no-samples');
  for (const name of ['shop', 'needy', 'wishing']) await m.serving(name, 1);
});

const code = (m: Machine, path: string): Promise<number> => statusOf(m, `http://localhost${path}`);
/** Whether a unit is started within this many seconds. */
const comesBack = async (m: Machine, unit: string, seconds: number): Promise<boolean> =>
  (
    await m.attempt(
      `for i in $(seq ${seconds * 10}); do systemctl -q is-active ${unit} && exit; sleep 0.1; done; exit 1`,
    )
  ).code === 0;

test('what a pool requires and somebody stopped stays stopped, and the pool comes back along with it', async () => {
  const m = await machine();
  await m.run('systemctl stop db.service');
  await m.until('needy', p => /no instance starts while db\.service is stopped/.test(p.problems.join()));
  assert.equal(await comesBack(m, 'db.service', 6), false);
  assert.equal((await m.poolStatus('needy')).state, 'down');
  assert.equal(await code(m, '/needy'), 503);
  await m.run('systemctl start db.service');
  await m.serving('needy', 1, 10);
  assert.deepEqual((await m.poolStatus('needy')).problems, []);
});

test('what a pool wants and somebody stopped stays stopped when another instance is asked for', async () => {
  const m = await machine();
  await m.run('systemctl stop db.service; cgipool scale wishing 2');
  await m.until('wishing', p => /no instance starts while db\.service is stopped/.test(p.problems.join()));
  assert.equal(await comesBack(m, 'db.service', 6), false);
  // an instance that runs without it serves on
  assert.equal(await code(m, '/wishing'), 200);
  await m.run('systemctl start db.service');
  await m.serving('wishing', 2, 10);
  await m.serving('needy', 1, 10);
});

test('a restart of what a pool requires, as by an upgrade, is no stop', async () => {
  const m = await machine();
  await m.run('systemctl restart db.service');
  await m.serving('needy', 1, 15);
});

test('while what a pool requires fails, it is tried at intervals, and status says which', async () => {
  const m = await machine();
  await m.write(
    '/etc/systemd/system/db.service',
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/false\n',
  );
  await m.run('systemctl daemon-reload; systemctl restart db.service || true');
  await m.until('needy', p => /it requires db\.service, which failed/.test(p.problems.join()), 30);
  const starts =
    "journalctl -q -o cat -u cgipool.service --since -20s | grep -c '^start cgipool-needy@' || true";
  assert.ok(Number(await m.run(starts)) < 12, await m.run(starts));
  await m.write('/etc/systemd/system/db.service', DB);
  await m.run('systemctl daemon-reload; systemctl reset-failed db.service; systemctl start db.service');
  await m.serving('needy', 1, 60);
});

/** How one instance can be kept from starting, the cure, and what its pool's status says. */
const BROKEN: Record<string, [harm: string, cure: string, words: RegExp]> = {
  'a masked instance': [
    'systemctl mask cgipool-shop@8000.service',
    'systemctl unmask cgipool-shop@8000.service',
    /is masked/,
  ],
  'a drop-in that systemd refuses': [
    "mkdir -p /etc/systemd/system/cgipool-shop@8000.service.d; printf '[Service]\\nType=oneshot\\n' >/etc/systemd/system/cgipool-shop@8000.service.d/x.conf; systemctl daemon-reload",
    'rm -r /etc/systemd/system/cgipool-shop@8000.service.d; systemctl daemon-reload',
    /has a bad unit file setting/,
  ],
  'a drop-in with a program that is missing': [
    "mkdir -p /etc/systemd/system/cgipool-shop@8000.service.d; printf '[Service]\\nExecStart=\\nExecStart=/absent\\n' >/etc/systemd/system/cgipool-shop@8000.service.d/x.conf; systemctl daemon-reload",
    'rm -r /etc/systemd/system/cgipool-shop@8000.service.d; systemctl daemon-reload',
    /slot 8000 failed: cannot execute its program/,
  ],
};

for (const [what, [harm, cure, words]] of Object.entries(BROKEN))
  test(`${what} costs the pool one slot and nothing else`, async () => {
    const m = await machine();
    // 8000 is the first that is tried
    await m.run(`cgipool stop shop --wait; ${harm}; cgipool start shop`);
    await m.until('shop', p => p.instances.some(i => i.slot !== 8000 && i.published));
    assert.equal(await code(m, '/shop'), 200);
    assert.match(await m.run('cgipool why shop'), words);
    assert.deepEqual((await m.status()).problems, []);
    assert.deepEqual((await m.poolStatus('needy')).problems, []);
    await m.run(cure);
  });

test.run();
