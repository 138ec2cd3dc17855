import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { rolloutBound } from '../../../src/cli/rollout/bound.ts';
import {
  type Goal,
  isScaled,
  isStopped,
  report,
  serves,
  servesUnpublished,
  summary,
  type Verdict,
} from '../../../src/cli/rollout/verdict.ts';
import type { InstanceState, InstanceStatus, PoolStatus } from '../../../src/plan/status/report.ts';
import { pool } from '../../plan/pools.ts';

const test = suite('when a pool is as a command wants it');

const instance = (state: InstanceState, outdated = false): InstanceStatus => ({
  ...{ slot: 8000, unit: '', endpoint: '', pid: 1, startedAt: null, restarts: 0, published: true },
  ...{ backup: false, weight: null, stale: outdated, cpu: null, connections: null, detail: '' },
  state,
  outdated,
});

const NEW = instance('healthy');
const OLD = instance('healthy', true);

/** A pool of two that serves. */
const status = (change: Partial<PoolStatus> = {}): PoolStatus => ({
  ...{ name: 'search', description: '', location: '/', stream: null, state: 'ok', desired: 2, target: 2 },
  ...{ min: 2, max: 4, healthy: 2, rollout: 'complete', killed: 0, byHand: false, schedule: null },
  ...{ traffic: null, problems: [], instances: [NEW, NEW] },
  ...change,
});

const ROWS: [what: string, Goal, Partial<PoolStatus>, Verdict][] = [
  ['all new instances serve', serves, {}, 'up'],
  ['an old one is left', serves, { rollout: 'progressing' }, 'waiting'],
  ['all are healthy, and nginx does not send to one yet', serves, { state: 'degraded' }, 'waiting'],
  ['nginx will not send to it', servesUnpublished, { state: 'degraded' }, 'up'],
  ['nginx will not, and an old one is left', servesUnpublished, { rollout: 'progressing' }, 'waiting'],
  ['none comes up, and the old ones serve', serves, { rollout: 'halted' }, 'down'],
  ['none comes up at all', serves, { rollout: 'halted', state: 'down' }, 'down'],
  ['none comes up, and nginx refuses', servesUnpublished, { rollout: 'halted' }, 'down'],
  ['it is stopped by hand', serves, { state: 'stopped', desired: 0, instances: [] }, 'up'],
  ['it sleeps', serves, { state: 'asleep', desired: 0, instances: [] }, 'up'],
  ['it has as many as asked for', isScaled, {}, 'up'],
  ['one too many drains', isScaled, { desired: 1, instances: [NEW, instance('draining')] }, 'waiting'],
  ['one too many is a backup', isScaled, { desired: 1, instances: [NEW, { ...NEW, backup: true }] }, 'up'],
  ['one too many has failed', isScaled, { desired: 1, instances: [NEW, instance('backing-off')] }, 'up'],
  ['one is missing', isScaled, { rollout: 'progressing', instances: [NEW] }, 'waiting'],
  ['none is left', isStopped, { state: 'stopped', instances: [] }, 'up'],
  ['one still drains', isStopped, { state: 'stopped', instances: [instance('draining')] }, 'waiting'],
  ['one is still being stopped', isStopped, { instances: [instance('stopping')] }, 'waiting'],
];

for (const [what, goal, change, verdict] of ROWS)
  test(`${what}: ${goal.name} says ${verdict}`, () => assert.equal(goal(status(change)), verdict));

test('the summary counts new instances, and old ones that do not drain yet', () => {
  const rows: [Partial<PoolStatus>, string][] = [
    [{}, 'search: 2 of 2 healthy'],
    [{ instances: [OLD, OLD] }, 'search: 0 of 2 healthy, 2 old'],
    [{ healthy: 3, instances: [OLD, OLD, NEW] }, 'search: 1 of 2 healthy, 2 old'],
    [{ healthy: 2, instances: [OLD, instance('draining', true), NEW] }, 'search: 1 of 2 healthy, 1 old'],
    [{ healthy: 2, instances: [instance('draining', true), NEW, NEW] }, 'search: 2 of 2 healthy'],
    [{ healthy: 0, instances: [instance('unhealthy', true)] }, 'search: 0 of 2 healthy, 1 old'],
    [{ state: 'stopped' }, 'search: stopped; cgipool start search starts it'],
    [{ state: 'asleep' }, 'search: asleep until a request comes'],
  ];
  for (const [change, text] of rows) assert.equal(summary(status(change)), text);
  assert.deepEqual(report(status({ problems: ['a', 'b'] })), ['search: 2 of 2 healthy', '  a', '  b']);
});

test('the time limit is that of the pool, by batches, and of all that start at once', () => {
  const made = pool({ drainTimeout: 30_000, rollout: { surge: 2, batch: 2 } });
  const with10 = { ...made, health: { ...made.health, startTimeout: 10_000 } };
  assert.equal(rolloutBound(with10, 0, 0), 2 * 10_000 + 30_000 + 20_000);
  assert.equal(rolloutBound(with10, 1, 1), rolloutBound(with10, 0, 0) + 40_500);
  assert.equal(rolloutBound(with10, 2, 1), rolloutBound(with10, 1, 1));
  assert.equal(rolloutBound(with10, 5, 0), rolloutBound(with10, 0, 0) + 3 * 40_000);
});

test.run();
