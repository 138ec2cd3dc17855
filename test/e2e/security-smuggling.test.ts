import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { page } from '../house/page.ts';
import { machineFor } from './machine-for.ts';
import type { Received, Sent } from './programs/raw.ts';
import { chunks } from './smuggling/chunks.ts';
import { h2 } from './smuggling/h2.ts';
import { headers } from './smuggling/headers.ts';
import { lines } from './smuggling/lines.ts';
import { bringSpeakers } from './smuggling/programs.ts';
import { forwardedTo, seenBy } from './smuggling/seen.ts';
import { type Speaker, speakers } from './smuggling/speakers.ts';

/*
 * Requests whose end is unclear, each with another one inside, over nginx to workers whose connections it keeps open.
 */
const test = suite('e2e: requests hidden in requests');

const framings = [...headers, ...chunks, ...lines, ...h2];

const machine = machineFor(test, 'smuggling', async m => {
  await bringSpeakers(m);
  await m.install('--no-samples');
  for (const { pool } of speakers) await m.serving(pool, 1, 30);
});

const target = ({ pool, parameter }: Speaker, word: string): string =>
  `/${pool}/${word}?${parameter}=${word}`;

/** All attacks on a pool, numbered. */
const attacksOn = (speaker: Speaker): Sent[] =>
  framings.map(({ text, isTls = false }, i) => {
    const hidden = `GET ${target(speaker, `smuggled-${i}`)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const attack = text({ method: speaker.method, path: target(speaker, `outer-${i}`), hidden });
    return { attack, isTls, paths: [target(speaker, `victim-${i}`)] };
  });

let received: Promise<Received[][]> | undefined;

/** What came back from each pool; sent once for all tests. */
const receivedFrom = (m: Machine): Promise<Received[][]> => {
  received ??= m
    .run(`${process.execPath} --import tsx test/e2e/programs/raw.ts`, JSON.stringify(speakers.map(attacksOn)))
    .then(text => JSON.parse(text) as Received[][]);
  return received;
};

/** Whether an answer is that to the request with the word, and to no other. */
function isOwn({ told }: Speaker, answer: string, word: string): boolean {
  const words = [...answer.matchAll(told)].map(match => match[1]);
  return answer.startsWith('HTTP/1.1 200 ') && words.length === 1 && words[0] === word;
}

for (const [n, speaker] of speakers.entries())
  test(`${speaker.pool}: the next client gets its own answer, whatever came before it`, async () => {
    const m = await machine();
    const list = (await receivedFrom(m))[n] ?? [];
    const wrong = list.flatMap(({ victims: [victim = ''] }, i) =>
      isOwn(speaker, victim, `victim-${i}`) ? [] : [{ after: framings[i]?.name, victim }],
    );
    assert.equal(list.length, framings.length);
    assert.deepEqual(wrong, []);
  });

for (const speaker of speakers)
  test(`${speaker.pool}: the worker sees no request that nginx did not pass on`, async () => {
    const m = await machine();
    await receivedFrom(m);
    const seen = await seenBy(m, speaker);
    const forwarded = await forwardedTo(m, speaker);
    assert.deepEqual(
      seen.smuggled.filter(word => !forwarded.words.includes(word)),
      [],
    );
    assert.ok(seen.smuggled.length > 0, 'a pipelined request is seen');
    assert.ok(seen.answers <= forwarded.count, `${seen.answers} answers to ${forwarded.count} requests`);
    // all victims are answered, and their connections are those of the attacks
    assert.ok(seen.answers > framings.length, `${seen.answers} answers are too few to tell`);
    assert.ok(
      (seen.connections ?? 0) < seen.answers / 8,
      `${seen.answers} answers by ${seen.connections} connections`,
    );
    console.log(
      `${speaker.pool}: ${forwarded.count} requests, ${seen.answers} answers, ${seen.connections} connections`,
    );
  });

test('docs/security.md has their number', () =>
  assert.match(page('docs/security.md'), new RegExp(`\\b${framings.length}\\s+requests\\s+whose\\s+end\\b`)));

test.run();
