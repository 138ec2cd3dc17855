import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { garble, Random } from '../garble.ts';
import { cases, textOf } from './cases.ts';
import { exchange, get, withClient } from './client.ts';
import { authProgram, checkedProgram, type Program, start } from './program.ts';

const test = suite('services: corrupted requests');

/** Without delay= and burn=, which would only slow the test down. */
const seeds = (program: Program): string[] =>
  cases.map(one => textOf(one, program.parameter)).filter(text => !text.includes('delay='));

/** Sends a text in up to two pieces and returns all that comes back. */
async function exchangeRaw(
  worker: Awaited<ReturnType<typeof start>>,
  text: string,
  random: Random,
): Promise<string> {
  return withClient(worker, async client => {
    const first = random.below(text.length + 1);
    client.send(text.slice(0, first));
    if (random.below(2) === 0) await new Promise(resolve => setImmediate(resolve));
    client.send(text.slice(first));
    client.finish();
    return client.closed();
  });
}

for (const [program, seed] of [
  [checkedProgram, 1],
  [checkedProgram, 2],
  [authProgram, 3],
] as const)
  test(`${program.name}: 400 corrupted requests get valid answers, and the worker survives (seed ${seed})`, async () => {
    const random = new Random(seed);
    const texts = seeds(program);
    const worker = await start(program, seed === 2 ? 'tcp' : 'unix');
    let answered = 0;
    for (let i = 0; i < 400; i++) {
      const text = garble(texts, random);
      const back = await exchangeRaw(worker, text, random);
      const isHttp = back === '' || /^HTTP\/1\.1 \d{3} /.test(back);
      assert.ok(isHttp, JSON.stringify({ i, text, back }));
      if (back) answered++;
      assert.equal(worker.child.exitCode, null, `${JSON.stringify(text)} ended it: ${worker.stderr}`);
    }
    assert.ok(answered > 200, `${answered} answers: the requests are too corrupted to test much`);
    const answer = await exchange(worker, get(`/?${program.parameter}=alive`));
    assert.equal(JSON.parse(answer.body)[program.echo], 'alive');
    // with the sanitizers a leak changes the exit status, too
    assert.equal(await worker.stop(), 0, worker.stderr);
    assert.equal(worker.stderr.trim().split('\n').length, 1, worker.stderr);
  });

test.run();
