import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { page } from '../house/page.ts';
import { machineFor } from './machine-for.ts';
import { answersIn } from './smuggling/answers.ts';
import { bringLiars, type Liar, liars } from './smuggling/liars.ts';
import { besideLies, type Told, tellAll } from './smuggling/lies.ts';

/*
 * Workers that answer as they should not, on connections that nginx keeps. The same client asks another pool next, on the
 * same connection, as a proxy before nginx does for another client of its own.
 */
const test = suite('e2e: answers that go on');

const machine = machineFor(test, 'splitting', bringLiars);

let told: Promise<Told[][]> | undefined;

/** What came of all lies, told once for all tests. */
const toldBy = async (m: Machine, liar: Liar): Promise<Told[]> => {
  told ??= tellAll(m);
  return (await told)[liars.indexOf(liar)] ?? [];
};

/** The body that a client gets who asks for nothing else. */
const bodyOf = (text = ''): string | undefined => answersIn(text, ['GET'])[0]?.body;

/** Whether the connection's next request, to another pool, gets its own answer or none. */
function isNextOwn({ attack, word }: Told, { method = 'GET' }: Liar): boolean {
  const [first, second, ...more] = answersIn(attack, [method, 'GET']);
  const isFirstNot = first === undefined || !first.body.includes('next-');
  const isSecondOwn = second === undefined || second.body === `told-next-${word}`;
  return isFirstNot && isSecondOwn && more.length === 0;
}

/**
 * nginx 1.22 takes an interim answer for the answer itself, and what it cannot read for an answer without a head, and goes on
 * with the client's connection. No directive forbids it: docs/security.md says for whom this matters.
 */
const UNCURED = /interim|early hints|switch|status 199|four digits|an empty line first/;

const namesOf = (list: readonly Told[]): string[] => list.map(({ lie }) => lie);

for (const liar of liars)
  test(`${liar.pool}: another client gets another pool's answer`, async () => {
    const m = await machine();
    const list = await toldBy(m, liar);
    assert.ok(list.length > 25);
    const wrong = list.filter(({ word, victims }) => bodyOf(victims[1]) !== `told-other-${word}`);
    assert.deepEqual(namesOf(wrong), []);
  });

for (const liar of liars.filter(({ pool }) => pool !== 'eager'))
  test(`${liar.pool}: another client of the pool gets its own answer`, async () => {
    const m = await machine();
    const list = await toldBy(m, liar);
    const wrong = list.filter(({ word, victims }) => bodyOf(victims[0]) !== `told-${word}`);
    assert.deepEqual(namesOf(wrong), []);
  });

for (const liar of liars)
  test(`${liar.pool}: the next request on the client's connection gets another pool's answer or none`, async () => {
    const m = await machine();
    const list = await toldBy(m, liar);
    const wrong = list.filter(one => !isNextOwn(one, liar));
    console.log(`${liar.pool}: ${wrong.length} of ${list.length} lies reach the next request`);
    assert.deepEqual(
      namesOf(wrong).filter(lie => !UNCURED.test(lie)),
      [],
    );
  });

for (const liar of liars.filter(({ pool }) => /ended|live/.test(pool)))
  test(`${liar.pool}: in HTTP/2 no lie reaches the answer beside it`, async () => {
    const m = await machine();
    const lies = namesOf(await toldBy(m, liar));
    const found = await besideLies(m, liar, lies);
    assert.deepEqual(
      lies.filter((_, i) => found[i] !== `told-beside-${i}`),
      [],
    );
    assert.equal(found.length, lies.length);
  });

test('docs/security.md has the number of lies', async () => {
  const m = await machine();
  const [http, fastcgi] = await Promise.all(
    [(one: Liar) => !one.program, (one: Liar) => one.program].map(async is => {
      const liar = liars.find(is);
      return liar ? (await toldBy(m, liar)).length : 0;
    }),
  );
  const said = new RegExp(
    `\\b${http}\\s+lies\\s+of\\s+an\\s+HTTP\\s+worker\\s+and\\s+${fastcgi}\\s+of\\s+a\\s+FastCGI\\s+worker`,
  );
  assert.match(page('docs/security.md'), said);
});

test.run();
