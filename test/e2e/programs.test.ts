import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { writeOwnPools } from '../../demo/own-pools.ts';
import { machineFor } from './machine-for.ts';

const test = suite("e2e: other people's programs, three lines each");

const machine = machineFor(test, 'programs', async m => {
  await m.install('--no-samples');
  await writeOwnPools(m);
  await m.run('cgipool install');
});

for (const [name, slot, answer] of [
  ['files', 8200, /^a file$/],
  ['php', 8300, /^php \d+$/],
  ['node', 8400, /^node \d+$/],
] as const)
  test(`${name} serves, survives kill -9 and scales`, async () => {
    const m = await machine();
    await m.serving(name, 1);
    const url = `http://localhost/${name}/`;
    assert.match(await m.run(`curl -sf ${url}`), answer);
    await m.signal('KILL', name, slot);
    await m.until(name, p => p.instances.some(i => i.restarts === 1 && i.published && i.state === 'healthy'));
    assert.match(await m.run(`curl -sf ${url}`), answer);
    const load = m.load(url, '--rate 50 --seconds 4');
    await m.run(`cgipool scale ${name} 3`);
    await m.serving(name, 3);
    await m.run(`cgipool scale ${name} 1`);
    await m.serving(name, 1);
    const { failed, statuses } = await load;
    assert.equal(failed, 0, JSON.stringify(statuses));
  });

test('the three-line pools have no warnings, and systemd-analyze verify accepts their units', async () => {
  const m = await machine();
  const checked = await m.attempt('cgipool check');
  assert.deepEqual(
    [checked.code, checked.err, checked.out.split('\n').slice(0, 2)],
    [
      0,
      '',
      [
        '3 valid pools: files, node, php',
        'sandbox exposure by systemd-analyze security (0 closed, 10 open): files 1.4, node 1.4, php 1.4',
      ],
    ],
  );
});

test.run();
