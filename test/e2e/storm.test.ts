import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { bringThousand, countServing, THOUSAND } from './thousand.ts';

/*
 * A thousand instances of a hundred pools start at once, as when a machine boots; and then they are probed while the machine is busy.
 */
const test = suite('e2e: a thousand instances');

const machine = machineFor(test, 'storm', bringThousand);

/** What the controller says only of instances that failed, or were given up. */
const TROUBLE = /^(?!start ).*( failed: | died| unhealthy|not healthy within|^stop |: drain )/m;

const trouble = async (m: Machine, since: string): Promise<string[]> =>
  (await m.run(`journalctl -q -o cat -u cgipool ${since}`)).split('\n').filter(line => TROUBLE.test(line));

test('all come up, and none is stopped because the others need the machine', async () => {
  const m = await machine();
  const since = await m.mark();
  await m.run('cgipool install');
  for (const end = performance.now() + 60_000; (await countServing(m)) < THOUSAND; await setTimeout(500))
    assert.ok(performance.now() < end, `${await countServing(m)} serve`);
  assert.deepEqual(await trouble(m, since), []);
});

/** Programs that compute without end, many times as many as there are cores. */
const BUSY = 'for i in $(seq 16); do timeout 25 sh -c "while :; do :; done" & done; wait';

test('none fails its probes while the machine is busy', async () => {
  const m = await machine();
  const since = await m.mark();
  await m.attempt(BUSY);
  const { pools } = await m.status();
  const restarts = pools.flatMap(pool => pool.instances).filter(({ restarts }) => restarts > 0);
  assert.deepEqual(restarts, []);
  assert.equal(await countServing(m), THOUSAND);
  assert.deepEqual(await trouble(m, since), []);
});

test('one that hangs among them is found all the same', async () => {
  const m = await machine();
  const { instances } = await m.poolStatus('crowd7');
  await m.run(`kill -STOP ${instances[0]?.pid}`);
  await m.until(
    'crowd7',
    p => p.instances.some(i => i.pid > 0 && i.pid !== instances[0]?.pid && i.slot === instances[0]?.slot),
    30,
  );
  await m.serving('crowd7', 10, 30);
});

test.run();
