import type { InstanceStatus, PoolStatus } from '../../plan/status/report.ts';

/** Whether what was asked for has come about, cannot be expected to, or may yet. */
export type Verdict = 'up' | 'down' | 'waiting';

/** When a pool is as a command wants it. */
export type Goal = (pool: PoolStatus) => Verdict;

/** It is to go, or has gone. */
const isLeaving = ({ state }: InstanceStatus): boolean =>
  state === 'draining' || state === 'stopping' || state === 'backing-off';

const leftOver = ({ instances }: PoolStatus): InstanceStatus[] =>
  instances.filter(({ state }) => state !== 'backing-off');

/** The pool serves with new instances alone, as many as desired. A stopped pool stays so, and one that sleeps is well. */
export const serves: Goal = ({ state, rollout }) => {
  if (state === 'stopped') return 'up';
  if (rollout !== 'complete') return rollout === 'halted' ? 'down' : 'waiting';
  return state === 'ok' || state === 'asleep' ? 'up' : 'waiting';
};

/** The same where nginx refused its configuration, and sends to no further instance. */
export const servesUnpublished: Goal = pool => (pool.rollout === 'complete' ? 'up' : serves(pool));

/** It serves, and instances beyond the desired number are gone. */
export const isScaled: Goal = pool => {
  const isLarger = leftOver(pool).filter(({ backup }) => !backup).length > pool.desired;
  return isLarger ? 'waiting' : serves(pool);
};

/** No instance is left. */
export const isStopped: Goal = pool => (leftOver(pool).length === 0 ? 'up' : 'waiting');

const counts = ({ instances, healthy, desired }: PoolStatus): string => {
  const old = instances.filter(one => one.outdated && !isLeaving(one));
  const replaced = old.filter(({ state, backup }) => state === 'healthy' && !backup).length;
  return `${healthy - replaced} of ${desired} healthy${old.length > 0 ? `, ${old.length} old` : ''}`;
};

/** `search: 1 of 2 healthy, 1 old`: new instances, and those that are still to be replaced. */
export function summary(pool: PoolStatus): string {
  const { name, state } = pool;
  if (state === 'stopped') return `${name}: stopped; cgipool start ${name} starts it`;
  return state === 'asleep' ? `${name}: asleep until a request comes` : `${name}: ${counts(pool)}`;
}

/** The summary and the pool's problems, as lines. */
export const report = (pool: PoolStatus): string[] => [
  summary(pool),
  ...pool.problems.map(problem => `  ${problem}`),
];
