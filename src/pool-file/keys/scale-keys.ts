import { kinds } from '../values/kinds.ts';
import { derived, key, required } from './key.ts';

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
  Requests: key(
    kinds.numberOrNone,
    'none',
    'The requests a second to aim at, per instance, as nginx counts them.',
    '50',
  ),
  Latency: key(
    kinds.latencyOrNone,
    'none',
    'The time to answer that so many percent of the requests are to stay within, as nginx measures it.',
    'p95:200ms',
  ),
  Queue: key(
    kinds.numberOrNone,
    'none',
    'The connections to aim at, per instance, that wait because it has not accepted them.',
    '1',
  ),
  External: key(
    kinds.numberOrNone,
    'none',
    'The number of Metric= to aim at, per instance, such as jobs in a queue.',
    '100',
  ),
  Metric: key(
    kinds.metricSourceOrNone,
    'none',
    "Where that number comes from: exec:COMMAND prints it, run as the pool's user, or file:PATH holds it.",
    'file:/run/jobs/waiting',
  ),
  MetricMaxAge: key(
    kinds.durationOrNone,
    '5min',
    'How long after its last change the number in a Metric=file: counts; with none it never grows old.',
    '1min',
  ),
  Spare: key(kinds.countOrNever, '0', 'So many idle instances are kept beside the busy ones.', '2'),
  Tolerance: key(kinds.percent, '10%', 'So near to a target nothing changes.', '20%'),
  Window: key(
    kinds.duration,
    '60s',
    'The pool shrinks only to the highest recommendation of so long.',
    '5min',
  ),
  StableWindow: key(kinds.window, '10s', 'Measurements are averaged over so long.', '1min'),
  PanicWindow: key(
    kinds.window,
    '5s',
    'A burst that over so long asks for twice the instances that are ready counts at once.',
    '6s',
  ),
  StepUp: key(
    kinds.stepOrNone,
    'none',
    'At most so many instances, or percent of what is there, come at one tick.',
    '100%',
  ),
  StepDown: key(
    kinds.stepOrNone,
    'none',
    'At most so many instances, or percent of what is there, go at one tick.',
    '1',
  ),
  IdleTimeout: key(
    kinds.positiveDuration,
    '5min',
    'With Min=0: after so long without a request the last instance goes; the next request starts one.',
    '30min',
  ),
};

/** [Schedule NAME]: other bounds at some times. */
export const scheduleKeys = {
  OnCalendar: required(
    kinds.calendar,
    'When it begins: a calendar event of systemd.time(7), in local time.',
    'Mon..Fri 08:00',
  ),
  Duration: required(kinds.positiveDuration, 'How long it then lasts.', '10h'),
  Min: derived(kinds.countOrNever, 'as in [Pool]', 'The smallest number of instances meanwhile.', '4'),
  Max: derived(kinds.count, 'as in [Pool]', 'The largest number of instances meanwhile.', '8'),
};
