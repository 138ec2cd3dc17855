import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Facts } from './local-user/facts.ts';
import { STRANGER } from './local-user/stranger.ts';
import { type Fate, type Tally, tallyOf } from './local-user/tally.ts';
import { broken } from './local-user/verdict.ts';

/*
 * The attack of a local user finds nothing on most days: here each thing that it looks for is there once.
 */
const test = suite('attack: the verdict on a local user');

const fates = (...outcomes: string[]): Fate[] => outcomes.map(outcome => ({ at: 1, took: 2, outcome }));
const served = (...more: string[]): Tally => tallyOf(fates('ok', 'ok', ...more), 2);

const nothingFound: Facts = {
  seed: 1,
  seconds: 25,
  tallies: { tcp: served(), held: served(), sleepy: served() },
  accidents: { kills: { tcp: 1, held: 1 }, rolled: {}, reloads: 0, looks: 9, short: {}, logSecrets: [] },
  stolen: [],
  taken: 3,
  breaches: [],
  learnt: [],
  mistakes: [],
  deeds: { squat: 9 },
  controller: { before: '7 a 0', after: '7 a 0', peakMB: 90 },
  journal: ['sleepy: scale 0 -> 1: a request is waiting', 'held: slot 8020 died; systemd restarted it'],
  recovery: { serving: 900, clean: 2_000 },
};

test('an attack that changed nothing broke no promise', () => assert.deepEqual(broken(nothingFound), []));

const withTally = (name: string, tally: Tally): Partial<Facts> => ({
  tallies: { ...nothingFound.tallies, [name]: tally },
});
const withLines = (...journal: string[]): Partial<Facts> => ({ journal });
const theft = 'GET /tcp?secret=x';

test('of the pool whose ports can be taken, what the attacker got may fail, as far as the documentation says', () => {
  const stolen = new Array<string>(5).fill(theft);
  const tcp = served('502', STRANGER, 'socket hang up');
  assert.deepEqual(broken({ ...nothingFound, ...withTally('tcp', tcp), stolen }), []);
});

const FOUND: [what: string, change: Partial<Facts>, said: RegExp][] = [
  ['a GET that failed', withTally('held', served('502')), /^held: 1 of 3 GETs failed: .*502/],
  ['a GET that failed without a thief', withTally('tcp', served('502')), /^tcp: 1 of 3 GETs failed/],
  ['the answer of a stranger', withTally('held', served(STRANGER)), /a stranger answered 1 requests/],
  ['a theft elsewhere', { stolen: ['GET /held?secret=x'] }, /^a stranger got GET \/held/],
  [
    'too many thefts',
    { stolen: new Array<string>(8).fill(theft) },
    /^8 requests reached strangers at 1 deaths/,
  ],
  ['a pool that was scaled', withLines('held: scale 2 -> 4: concurrency'), /^held: scale 2 -> 4/],
  [
    'a pool that was woken',
    withLines(...new Array<string>(3).fill('sleepy: scale 0 -> 1: x')),
    /woke 3 times/,
  ],
  ['a worker taken for stuck', withLines('timed: replace 8030: (RequestTimeout=3 s)'), /RequestTimeout=/],
  ['a death without a cause', withLines('jobs: slot 1 died; systemd restarted it'), /1 workers of jobs died/],
  [
    'a new controller',
    { controller: { before: '7 a 0', after: '9 b 1', peakMB: 90 } },
    /^the controller was 7/,
  ],
  ['a large controller', { controller: { before: 'a', after: 'a', peakMB: 201 } }, /took 201 MB/],
  ['pools that do not come back', { recovery: { serving: 15_001, clean: 15_002 } }, /served after 15001 ms/],
  ['pools that never come back', { recovery: { serving: null, clean: null } }, /served after null ms/],
  ['a problem that stays', { recovery: { serving: 1, clean: 30_001 } }, /clean after 30001 ms/],
  ['a breach', { breaches: ['cgipool stop jobs'] }, /^he could: cgipool stop jobs$/],
  ['a secret', { learnt: ['hunter2'] }, /^he knows: hunter2$/],
  ['an attacker who hangs', { deeds: { squat: 6 } }, /he did 6 things in 25 s/],
  ['a mistake of its own', { mistakes: ['bus: no bus'] }, /^a mistake of the test/],
];

for (const [what, change, said] of FOUND)
  test(`the verdict names ${what}`, () => {
    assert.match(broken({ ...nothingFound, ...change }).join('\n'), new RegExp(said, 'm'));
  });

test.run();
