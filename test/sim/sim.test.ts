import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { simulate } from './simulation.ts';

/*
 * The controller against a world with faults. SIM_STEPS: the number of passes in all; SIM_SEED: the first seed, which a
 * failure names. To run forever: SIM_STEPS=Infinity SIM_SEED=$RANDOM node --import tsx test/sim/sim.test.ts
 */
const test = suite('simulation');
const STEPS = Number(process.env.SIM_STEPS ?? 20_000);
const FIRST = Number(process.env.SIM_SEED ?? 1);
/** Passes with faults in one run, before it heals and settles. */
const PASSES_PER_RUN = Math.min(300, STEPS);

test(`in ${STEPS} passes with faults the oracle objects to nothing, and every run settles`, async () => {
  let steps = 0;
  for (let seed = FIRST; steps < STEPS; seed++) {
    const run = await simulate(seed, PASSES_PER_RUN);
    assert.equal(run.violation, null, run.violation ?? '');
    steps += run.steps;
  }
});

test.run();
