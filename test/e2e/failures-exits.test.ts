import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, behave, code } from './workers/workers.ts';

const test = suite('e2e: workers that exit');
const machine = machineFor(test, 'failures-exits', async m => {
  await addPool(m, 'good', '8000-8003');
  await m.install('--no-samples');
});

const EXITS: [string, string, RegExp][] = [
  ['exitone', 'exit 1', /exit status 1/],
  ['exitzero', 'exit 0', /it exited with status 0/],
  ['aborts', 'abort', /killed by signal 6/],
  ['later', 'later', /exit status 3/],
];

/** The number of starts of a pool's workers. */
const starts = async (m: Machine, name: string): Promise<number> =>
  Number(await m.run(`journalctl -q -o cat -u 'cgipool-${name}@*' | grep -c '^Started' || true`));

test('a worker that keeps exiting is backed off and reported, but never given up', async () => {
  const m = await machine();
  for (const [i, [name, mode]] of EXITS.entries()) {
    await addPool(m, name, `${8300 + 10 * i}-${8302 + 10 * i}`);
    await behave(m, name, mode);
  }
  await m.run('cgipool install --no-wait');
  for (const [name, , problem] of EXITS) {
    // two failures despite systemd's restarts: on trial, and backing off
    const pool = await m.until(name, p => /next attempt in \d+ s/.test(p.problems[0] ?? ''), 30);
    assert.match(pool.problems[0] ?? '', problem);
    assert.match(await m.run(`cgipool why ${name}`), new RegExp(`slot \\d+ failed: .*${problem.source}`));
  }
  assert.equal(await code(m, '/good'), '200');
});

test('the back-off of a worker that keeps exiting grows', async () => {
  const m = await machine();
  // five lives per attempt of the controller, and ever fewer attempts
  const wait = await m.until('exitone', p => /next attempt in ([4-9]|\d\d) s/.test(p.problems[0] ?? ''), 30);
  const before = await starts(m, 'exitone');
  assert.ok(before >= 5 && before <= 5 * 6, `${before} starts`);
  const seconds = Number(/next attempt in (\d+) s/.exec(wait.problems[0] ?? '')?.[1]);
  await m.until('exitone', p => new RegExp(`next attempt in ${seconds - 2} s`).test(p.problems[0] ?? ''));
  assert.equal(await starts(m, 'exitone'), before, 'none is started meanwhile');
});

test('fixed workers serve again by themselves', async () => {
  const m = await machine();
  for (const [name] of EXITS) await behave(m, name, 'ok');
  for (const [name] of EXITS) {
    await m.serving(name, 1, 60);
    assert.equal(await code(m, `/${name}`), '200');
  }
});

test('cgipool restart ends a back-off at once', async () => {
  const m = await machine();
  await behave(m, 'exitone', 'exit 1');
  await m.run('systemctl kill -s KILL cgipool-exitone@8310.service || true');
  await m.run('cgipool restart exitone');
  await m.until(
    'exitone',
    p => /exit status 1; next attempt in ([4-9]|\d\d) s/.test(p.problems[0] ?? ''),
    30,
  );
  await behave(m, 'exitone', 'ok');
  await m.run('cgipool restart exitone');
  await m.serving('exitone', 1, 4);
});

test.run();
