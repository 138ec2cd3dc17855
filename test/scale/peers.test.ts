import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Scale } from '../../src/model/pool.ts';
import { decide } from '../../src/scale/decide.ts';
import { newScaleState } from '../../src/scale/decision.ts';
import type { Average } from '../../src/scale/signals.ts';
import { policy, signals, situation } from './given.ts';

/*
 * Cases of Kubernetes' HorizontalPodAutoscaler (replica_calculator_test.go) and of Knative's autoscaler
 * (autoscaler_test.go), by the names that they have there, and what cgipool recommends.
 */
const test = suite('cases of other autoscalers');

/** A sum over the ready instances, over both windows or over each, and how many it lacks. */
interface Case {
  name: string;
  target: number;
  from: number;
  ready: number;
  sum: number | null;
  burst?: number;
  missing?: number;
  /** The number that the other one expects. */
  theirs: number;
  /** Ours where it differs, and the reason. */
  ours?: [number, string];
}

const LOAD = 'what is ready and the load decide; what starts is neither. Window= keeps the number meanwhile';

/** CPU in cores; each pod requests one core there. */
const KUBERNETES: readonly Case[] = [
  { name: 'ScaleUp', target: 0.3, from: 3, ready: 3, sum: 1.5, theirs: 5 },
  { name: 'ScaleUpUnreadyLessScale', target: 0.3, from: 3, ready: 2, sum: 1.2, theirs: 4 },
  { name: 'ScaleUpUnreadyNoScale', target: 0.3, from: 3, ready: 1, sum: 0.4, theirs: 3, ours: [2, LOAD] },
  { name: 'ScaleUpIgnoresDeletionPods', target: 0.3, from: 2, ready: 2, sum: 1.2, theirs: 4 },
  { name: 'ScaleDown', target: 0.5, from: 5, ready: 5, sum: 1.4, theirs: 3 },
  { name: 'ScaleDownIncludeUnreadyPods', target: 0.5, from: 5, ready: 3, sum: 0.9, theirs: 2 },
  { name: 'MissingMetrics', target: 1, from: 4, ready: 4, sum: 0.495, missing: 2, theirs: 3 },
  { name: 'MissingMetricsNoChangeGt', target: 1, from: 2, ready: 2, sum: 1.9, missing: 1, theirs: 2 },
  { name: 'MissingMetricsNoChangeLt', target: 1, from: 2, ready: 2, sum: 0.6, missing: 1, theirs: 2 },
  {
    name: 'MissingMetricsUnreadyChange',
    ...{ target: 0.5, from: 3, ready: 2, sum: 0.45, missing: 1, theirs: 3 },
    ours: [2, LOAD],
  },
  {
    name: 'MissingMetricsUnreadyScaleUp',
    ...{ target: 0.5, from: 3, ready: 2, sum: 2, missing: 1, theirs: 4 },
  },
  {
    name: 'MissingMetricsUnreadyScaleDown',
    ...{ target: 0.5, from: 4, ready: 3, sum: 0.2, missing: 1, theirs: 3 },
  },
];

/** Concurrency of all pods. */
const KNATIVE: readonly Case[] = [
  {
    name: 'StableModeIncreaseWithConcurrencyDefault',
    target: 10,
    from: 1,
    ready: 1,
    sum: 50,
    burst: 10,
    theirs: 5,
  },
  { name: 'UnpanicAfterSlowIncrease', target: 1, from: 10, ready: 10, sum: 11, burst: 25, theirs: 25 },
  { name: 'PanicStableLargerThanPanic', target: 1, from: 5, ready: 5, sum: 50, burst: 30, theirs: 50 },
  { name: 'PanicStableLessThanPanic', target: 1, from: 5, ready: 5, sum: 20, burst: 30, theirs: 30 },
  { name: 'PanicModeDoublePodCount', target: 10, from: 1, ready: 1, sum: 50, burst: 100, theirs: 10 },
  { name: 'StableModeUnlimitedTBC', target: 181, from: 1, ready: 1, sum: 21, burst: 26, theirs: 1 },
  {
    name: 'StableModeNoTrafficScaleToZero',
    ...{ target: 10, from: 1, ready: 1, sum: 0, theirs: 0 },
    ours: [1, 'with Min=0 a pool sleeps after IdleTimeout= without requests, not by its load'],
  },
  {
    name: 'NoDataNoAutoscale',
    ...{ target: 10, from: 1, ready: 1, sum: null, theirs: 0 },
    ours: [1, 'theirs answers that its number is invalid; without data the number stays'],
  },
];

/** Decides once, with nothing to hold the number but its bounds. */
function decided(
  metric: 'cpu' | 'concurrency',
  { target, from, ready, sum, burst, missing = 0 }: Case,
): number {
  const stable: Average = { value: sum, missing };
  const panic: Average = { value: burst ?? sum, missing };
  const scale: Scale = policy({ [metric]: target, window: 0 });
  const given = { from, ready, min: 1, max: 100, signals: { ...signals({}), [metric]: { stable, panic } } };
  return decide(scale, situation(given), newScaleState()).decision.to;
}

for (const [metric, cases] of [
  ['cpu', KUBERNETES],
  ['concurrency', KNATIVE],
] as const)
  for (const each of cases)
    test(`${each.name}: ${each.theirs}${each.ours ? `, and ours ${each.ours[0]}: ${each.ours[1]}` : ''}`, () => {
      assert.equal(decided(metric, each), each.ours?.[0] ?? each.theirs);
      assert.notEqual(each.ours?.[0], each.theirs);
    });

test('SmallScaleUpRate and SmallScaleDownRate: StepUp= and StepDown=', () => {
  const once = (change: Partial<Scale>, from: number, concurrency: number): number => {
    const given = { from, ready: from, max: 200, signals: signals({ concurrency }) };
    return decide(policy({ ...change, window: 0 }), situation(given), newScaleState()).decision.to;
  };
  assert.equal(once({ concurrency: 1, stepUp: { share: 0.1 } }, 2, 3), 3);
  assert.equal(once({ concurrency: 10, stepDown: { share: 0.1 } }, 100, 1), 90);
});

test.run();
