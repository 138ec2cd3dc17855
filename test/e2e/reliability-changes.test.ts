import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch, crowd, row, whileControllerDies } from './chaos.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: scaling, restarts and rollouts under 200 requests/s');

const POOL = crowd('/crowd', '8000-8009').replace('Min=4\nMax=4', 'Min=2\nMax=5');
const URL = '/crowd?q=x&delay=5';

const machine = machineFor(test, 'rel-changes', async m => {
  await bringSearch(m);
  await m.pool('crowd', POOL);
  await m.install('--no-samples');
});

const lives = (pool: PoolStatus): string => pool.instances.map(i => i.pid).join();

/** A number of rolling restarts, one after the other. */
async function restarts(m: Machine, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const pool = await m.until('crowd', () => true);
    const before = new Set(pool.instances.map(instance => instance.pid));
    // a killed controller is back in a moment
    await m.await('cgipool restart crowd', 20);
    await m.until('crowd', p => p.healthy >= 2 && p.instances.every(i => !before.has(i.pid)), 40);
  }
}

async function scalings(m: Machine, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await m.await('cgipool scale crowd 5', 20);
    await m.serving('crowd', 5, 30);
    await m.await('cgipool scale crowd 2', 20);
    await m.serving('crowd', 2, 30);
  }
}

test('scaling 2 -> 5 -> 2 ten times loses no request', async () => {
  const m = await machine();
  await m.serving('crowd', 2);
  const load = await row(m, 'scale 2 -> 5 -> 2, ten times', URL, () => scalings(m, 10));
  assert.equal(load.failed, 0, load.summary);
});

test('ten rolling restarts lose no request', async () => {
  const m = await machine();
  const load = await row(m, 'ten rolling restarts', URL, () => restarts(m, 10));
  assert.equal(load.failed, 0, load.summary);
});

test('killing the controller during scaling and rolling restarts loses no request', async () => {
  const m = await machine();
  let deaths = 0;
  const load = await row(
    m,
    'scaling and restarts, kill -9 of the controller over and over',
    URL,
    async () => {
      deaths = await whileControllerDies(m, async () => {
        await scalings(m, 2);
        await restarts(m, 2);
      });
    },
  );
  assert.ok(deaths > 3);
  assert.equal(load.failed, 0, load.summary);
  await m.run('cgipool scale crowd auto');
  await m.serving('crowd', 2);
});

test('an install without changes replaces no worker; a changed unit replaces all without a lost request', async () => {
  const m = await machine();
  const before = await m.serving('crowd', 2);
  const load = await row(m, 'install, unchanged and changed', URL, async () => {
    assert.match(await m.run('cgipool install'), /^nothing to change$/m);
    assert.equal(lives(await m.serving('crowd', 2)), lives(before));
    await m.pool('crowd', POOL.replace('delay', 'delay').concat('\n[Service]\nNice=5'));
    await m.run('cgipool install');
    await m.until(
      'crowd',
      p => p.healthy === 2 && p.instances.every(i => !lives(before).includes(`${i.pid}`)),
    );
    await m.serving('crowd', 2);
  });
  assert.equal(load.failed, 0, load.summary);
  assert.equal(await m.run("ps -o ni= -C search | sort -u | tr -d ' '"), '5');
});

test('a bad rollout halts, is reported and rolled back, without a lost request or a lost worker', async () => {
  const m = await machine();
  const before = lives(await m.serving('crowd', 2));
  const load = await row(m, 'a bad rollout and its rollback', URL, async () => {
    await m.pool('crowd', POOL.replace('services/search %i', 'services/serach %i'));
    await m.attempt('cgipool install');
    const halted = await m.until('crowd', p => /the rollout is halted/.test(p.problems.join()), 30);
    assert.match(
      halted.problems.join(),
      /no instance has become healthy since the pool changed at .*cannot execute its program.*the rollout is halted, 2 old instances keep serving; to undo the change: sudo cgipool install --rollback crowd/,
    );
    assert.deepEqual(
      halted.instances.filter(i => i.published).map(i => `${i.pid}`),
      before.split(','),
    );
    const said = await m.run('cgipool install --rollback crowd');
    assert.match(
      said,
      /crowd\.pool: restored the previous version; the rejected one is .*crowd\.pool\.rejected/,
    );
    await m.serving('crowd', 2, 30);
  });
  assert.equal(load.failed, 0, load.summary);
  assert.match(await m.run('cat /etc/cgipool/crowd.pool.rejected'), /serach/);
  const after = await m.poolStatus('crowd');
  assert.deepEqual(after.problems, []);
});

test('killing the controller during an install, a bad rollout and its rollback loses no request', async () => {
  const m = await machine();
  const before = lives(await m.serving('crowd', 2));
  const load = await row(
    m,
    'install and bad rollout, kill -9 of the controller over and over',
    URL,
    async () => {
      await whileControllerDies(m, async () => {
        // install calls the controller, which may not be running
        await m.pool('crowd', POOL.concat('\n[Service]\nNice=7'));
        await m.attempt('cgipool install');
        const isNew = (p: PoolStatus): boolean =>
          p.healthy === 2 && p.instances.every(i => !before.includes(`${i.pid}`));
        await m.until('crowd', isNew, 60);
        await m.pool('crowd', POOL.replace('services/search %i', 'services/serach %i'));
        await m.attempt('cgipool install');
        await m.until('crowd', p => /the rollout is halted/.test(p.problems.join()), 60);
        await m.attempt('cgipool install --rollback crowd');
      });
      await m.run('cgipool install');
      await m.serving('crowd', 2, 30);
    },
  );
  assert.equal(load.failed, 0, load.summary);
  assert.equal(await m.run("ps -o ni= -C search | sort -u | tr -d ' '"), '7');
});

test.run();
