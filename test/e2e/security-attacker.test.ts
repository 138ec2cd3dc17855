import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { bringPools } from '../attack/local-user/pools.ts';
import { reportOf } from '../attack/local-user/report.ts';
import { broken } from '../attack/local-user/verdict.ts';
import { attack } from '../attack/local-user.ts';
import { machineFor } from './machine-for.ts';

/*
 * A local user does at random whatever he can. `npm run attack -- local-user` does so for ten minutes, with another seed.
 */
const test = suite('e2e: a local user who tries everything');

const machine = machineFor(test, 'attacker', bringPools);

const [SECONDS, SEED] = [25, Number(process.env.ATTACK_SEED ?? 7)];

test('under load no request reaches him but where Listen=tcp lets him, no GET fails, and the controller goes on', async () => {
  const facts = await attack(await machine(), SECONDS, SEED);
  for (const line of reportOf(facts)) console.log(line);
  const found = broken(facts);
  if (found.length > 0) console.log(facts.journal.join('\n'));
  assert.deepEqual(found, []);
  assert.ok(Object.keys(facts.deeds).length >= 15, 'he did everything at least once');
});

test.run();
