import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { lieAbout, type Stated } from './judge.ts';

const test = suite('soak: whether status was true');

const at = (from: number, state: string | null): Stated => ({ from, state });

/** What status said, a request from 10 s to 11 s and whether it was answered, and whether that was a lie. */
const CASES: [what: string, history: Stated[], isAnswered: boolean, isLie: boolean][] = [
  ['ok and answered', [at(0, 'ok')], true, false],
  ['ok and not answered', [at(0, 'ok')], false, true],
  ['down and answered', [at(0, 'down')], true, true],
  ['asleep and answered', [at(0, 'asleep')], true, false],
  ['degraded and not answered', [at(0, 'degraded')], false, true],
  ['ok until less than two seconds before, and not answered', [at(0, 'down'), at(8_100, 'ok')], false, false],
  [
    'down until more than two seconds before, and not answered',
    [at(0, 'down'), at(7_900, 'ok')],
    false,
    true,
  ],
  ['down less than two seconds after, and not answered', [at(0, 'ok'), at(12_900, 'down')], false, false],
  ['down more than two seconds after, and not answered', [at(0, 'ok'), at(13_100, 'down')], false, true],
  ['no status', [at(0, null)], false, false],
  ['nothing seen yet', [], false, false],
];

for (const [what, history, isAnswered, isLie] of CASES)
  test(what, () => {
    const said = lieAbout({ began: 10_000, ended: 11_000, isAnswered }, history);
    assert.equal(said !== null, isLie, `${said}`);
  });

test.run();
