import { key } from './key.ts';
import { kinds } from './kinds.ts';

/** [Scale]: what decides between Min and Max. */
export const scaleKeys = {
  CPU: key(
    kinds.percentOrNone,
    '70%',
    'The CPU time to aim at, per instance, of one core; with none it is no reason to scale.',
    '50%',
  ),
  Concurrency: key(
    kinds.numberOrNone,
    'none',
    'The connections to aim at, per instance, in service and queued; with none they are no reason to scale.',
    '2',
  ),
  Window: key(
    kinds.duration,
    '60s',
    'The pool shrinks only to the highest recommendation of so long.',
    '5min',
  ),
};
