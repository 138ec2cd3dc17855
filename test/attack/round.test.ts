import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { figureOf, problemsIn, type Round } from './round.ts';

const test = suite('attack: what counts as a problem');

const fate = { pool: 'web', sent: 9, lost: [], wrong: [], slowestMs: 7 };
const good: Round = {
  way: 'nginx',
  hits: [{ pool: 'web', sent: 5, answered: 4 }],
  fates: [fate],
  watched: { crashes: [], memory: [{ unit: 'web.service', first: 20, peak: 30 }] },
};

test('a part of which all GETs got their own answers is none', () => {
  assert.deepEqual(problemsIn(good), []);
  assert.equal(
    figureOf(good),
    'nginx: 5 changed requests, 4 answered; 9 GETs, 0 lost, 0 wrong, slowest 7 ms; 0 crashes; web.service grew most, from 20 to 30 MB',
  );
});

const BAD: [name: string, round: Partial<Round>, said: RegExp][] = [
  ['a lost GET', { fates: [{ ...fate, lost: ['502'] }] }, /^nginx: web: a GET was lost: 502$/],
  [
    'an answer to another',
    { fates: [{ ...fate, wrong: ['x: y'] }] },
    /^nginx: web: a GET got another answer: x: y$/,
  ],
  ['no GET at all', { fates: [{ ...fate, sent: 0 }] }, /^nginx: web: no GET was sent$/],
  ['a crash', { watched: { ...good.watched, crashes: ['web: code=dumped'] } }, /^nginx: web: code=dumped$/],
  [
    'memory without bounds',
    { watched: { crashes: [], memory: [{ unit: 'web.service', first: 20, peak: 90 }] } },
    /^nginx: web\.service grew from 20 to 90 MB$/,
  ],
  [
    'an attack that reaches nothing',
    { hits: [{ pool: 'web', sent: 5, answered: 0 }] },
    /^nginx: none of 5 requests to web was answered$/,
  ],
];

for (const [name, round, said] of BAD)
  test(`${name} is one`, () => {
    const [problem = '', ...more] = problemsIn({ ...good, ...round });
    assert.match(problem, said);
    assert.deepEqual(more, []);
  });

test('that libfcgi ends its program is none where nginx does not write the requests', () => {
  const crashes = ["systemd[1]: cgipool-fastcgi@1.service: Failed with result 'signal'."];
  const watched = { ...good.watched, crashes };
  assert.deepEqual(problemsIn({ ...good, way: 'past nginx, fastcgi', watched }), []);
  assert.equal(problemsIn({ ...good, way: 'nginx', watched }).length, 1);
});

test.run();
