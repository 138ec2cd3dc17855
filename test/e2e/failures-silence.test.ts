import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';
import { addPool, behave, code } from './workers/workers.ts';

const test = suite('e2e: workers that never answer as they should');
const machine = machineFor(test, 'failures-silence', async m => {
  await addPool(m, 'good', '8000-8003');
  await m.install('--no-samples');
});

const HEALTH = '[Health]\nPath=/\nStatus=200\nTimeout=300ms\nStartTimeout=1500ms\n';

/** The reported problem, by pool and failure. */
const CASES: Record<string, RegExp> = {
  sleep: /not healthy within 1\.5 s \(nothing is listening on the endpoint\)/,
  silent: /not healthy within 1\.5 s \(no answer within 300 ms\)/,
  500: /not healthy within 1\.5 s \(500 in \d+ ms\)/,
  garbage: /not healthy within 1\.5 s \(the answer is not HTTP\)/,
  endless: /not healthy within 1\.5 s \(the answer is longer than 64 KiB\)/,
};

const poolOf = (mode: string): string => `w-${mode}`;

test('a worker that does not become healthy is reported after StartTimeout=, and another slot is tried', async () => {
  const m = await machine();
  for (const [i, mode] of Object.keys(CASES).entries()) {
    await addPool(m, poolOf(mode), `${8100 + 10 * i}-${8103 + 10 * i}`, HEALTH);
    await behave(m, poolOf(mode), mode);
  }
  const { out } = await m.attempt('cgipool install');
  assert.match(out, /good: 1 of 1 healthy/);
  for (const [mode, problem] of Object.entries(CASES)) {
    const pool = await m.until(poolOf(mode), p => problem.test(p.problems[0] ?? ''));
    assert.equal(pool.state, 'down');
    assert.equal(await code(m, `/${poolOf(mode)}`), '503');
    const why = await m.await(`cgipool why ${poolOf(mode)} | grep -c 'start 8..[12]:'`);
    assert.ok(Number(why) >= 1, 'another slot was tried');
  }
  assert.equal(await code(m, '/good'), '200');
});

test('after failures at most one instance runs at a time, and none is left behind', async () => {
  const m = await machine();
  for (const mode of Object.keys(CASES)) {
    const pool = await m.until(poolOf(mode), p => /next attempt in/.test(p.problems[0] ?? ''), 30);
    assert.ok(pool.instances.length <= 1, JSON.stringify(pool.instances));
  }
});

test('pools whose workers answer again serve by themselves', async () => {
  const m = await machine();
  for (const mode of Object.keys(CASES)) await behave(m, poolOf(mode), 'ok');
  for (const mode of Object.keys(CASES)) {
    await m.serving(poolOf(mode), 1, 60);
    assert.equal(await code(m, `/${poolOf(mode)}`), '200');
  }
});

test.run();
