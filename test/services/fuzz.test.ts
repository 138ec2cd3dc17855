import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { cases, textOf } from './cases.ts';
import { exchange, get, withClient } from './client.ts';
import { authProgram, checkedProgram, type Program, start } from './program.ts';

const test = suite('services: garbage');

/** The same numbers each time, from 0 to `below` - 1: a linear congruential generator (Numerical Recipes). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  roll(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  pick<T>(list: readonly T[]): T {
    const one = list[this.roll(list.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }
}

/** What parsers stumble over. */
const SPICE = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '%',
  '%0',
  '?',
  '&',
  '=',
  '\xff',
  '9',
  '-',
  ',',
];

type Change = (text: string, dice: Dice) => string;

const changes: readonly Change[] = [
  (text, dice) => {
    const at = dice.roll(text.length);
    return text.slice(0, at) + String.fromCharCode(dice.roll(256)) + text.slice(at + 1);
  },
  (text, dice) => {
    const at = dice.roll(text.length + 1);
    return text.slice(0, at) + dice.pick(SPICE) + text.slice(at);
  },
  (text, dice) => {
    const at = dice.roll(text.length);
    return text.slice(0, at) + text.slice(at + 1 + dice.roll(8));
  },
  (text, dice) => text.slice(0, dice.roll(text.length + 1)),
  (text, dice) => {
    const at = dice.roll(text.length);
    return text.slice(0, at) + text.slice(at, at + 40).repeat(1 + dice.roll(5)) + text.slice(at);
  },
];

/** delay and burn would make it slow rather than wild. */
const seeds = (program: Program): string[] =>
  cases.map(one => textOf(one, program.parameter)).filter(text => !text.includes('delay='));

function garble(texts: readonly string[], dice: Dice): string {
  let text = dice.pick(texts) + (dice.roll(3) === 0 ? dice.pick(texts) : '');
  for (let i = dice.roll(5); i >= 0; i--) text = dice.pick(changes)(text, dice);
  return text;
}

/** Sends in up to three pieces and gives all that comes back. */
async function throwAt(worker: Awaited<ReturnType<typeof start>>, text: string, dice: Dice): Promise<string> {
  return withClient(worker, async client => {
    const first = dice.roll(text.length + 1);
    client.send(text.slice(0, first));
    if (dice.roll(2) === 0) await new Promise(resolve => setImmediate(resolve));
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
  test(`${program.name}: 400 spoiled requests, seed ${seed}`, async () => {
    const dice = new Dice(seed);
    const texts = seeds(program);
    const worker = await start(program, seed === 2 ? 'tcp' : 'unix');
    let answered = 0;
    for (let i = 0; i < 400; i++) {
      const text = garble(texts, dice);
      const back = await throwAt(worker, text, dice);
      const isHttp = back === '' || /^HTTP\/1\.1 \d{3} /.test(back);
      assert.ok(isHttp, JSON.stringify({ i, text, back }));
      if (back) answered++;
      assert.equal(worker.child.exitCode, null, `${JSON.stringify(text)} ended it: ${worker.words}`);
    }
    assert.ok(answered > 200, `${answered} answers: the requests are too broken to reach anything`);
    const answer = await exchange(worker, get(`/?${program.parameter}=alive`));
    assert.equal(JSON.parse(answer.body)[program.echo], 'alive');
    // with the compiler's checks a leak makes the status another one, too
    assert.equal(await worker.stop(), 0, worker.words);
    assert.equal(worker.words.trim().split('\n').length, 1, worker.words);
  });

test.run();
