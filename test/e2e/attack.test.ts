import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { mutation } from '../attack/mutation.ts';
import { machineFor } from './machine-for.ts';

/*
 * A short `npm run attack`.
 */
const test = suite('e2e: changed requests');

const machine = machineFor(test, 'attack', mutation.prepare);

test('no changed request makes a program crash, grow, or give a client the answer to another', async () => {
  const m = await machine();
  assert.deepEqual(await mutation.attack(m, 5, console.log), []);
});

test.run();
