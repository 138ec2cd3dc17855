import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Drive } from '../drive.ts';
import { installed, pool } from '../pools.ts';

const test = suite('plan: workers that keep dying');

/** Kills the only worker again and again. `restart`: how long systemd takes to restart it, ms. */
function killOften(restart: number): Drive {
  const drive = new Drive(installed(pool({ min: 1, max: 1, slots: [8000] })));
  drive.fake.delays.restart = () => restart;
  drive.run(3_000);
  for (let i = 0; i < 12; i++) {
    drive.fake.kill('search', 8000);
    drive.run(3_000);
  }
  return drive;
}

for (const restart of [10, 250])
  test(`is a problem, also if systemd takes ${restart} ms for a restart, and passes see it at that`, () => {
    assert.match(killOften(restart).problems(), /slot 8000.* keep dying/);
  });

test('is none any more once somebody started the instance anew', () => {
  const drive = killOften(250);
  drive.fake.workers.delete('search@8000');
  drive.run(1_000);
  assert.doesNotMatch(drive.problems(), /keep dying/);
});

test.run();
