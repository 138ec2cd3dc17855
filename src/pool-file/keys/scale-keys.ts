import { kinds } from '../values/kinds.ts';
import { derived, key, required } from './key.ts';

/** [Scale]: how many instances there are between Min= and Max=. */
export const scaleKeys = {
  CPU: key(
    kinds.percentOrNone,
    '70%',
    'Target CPU time per instance, as a share of one core; `none` turns this target off.',
    '50%',
  ),
  Concurrency: key(
    kinds.numberOrNone,
    'none',
    'Target number of open connections per instance, in service and queued.',
    '2',
  ),
  Requests: key(
    kinds.numberOrNone,
    'none',
    'Target requests per second per instance, as nginx counts them.',
    '50',
  ),
  Latency: key(
    kinds.latencyOrNone,
    'none',
    'Target response time as nginx measures it: `p95:200ms` means 95% of the requests within 200ms.',
    'p95:200ms',
  ),
  Queue: key(
    kinds.numberOrNone,
    'none',
    'Target number of connections per instance that it has not accepted yet.',
    '1',
  ),
  External: key(
    kinds.numberOrNone,
    'none',
    'Target value of Metric= per instance, such as jobs in a queue.',
    '100',
  ),
  Metric: key(
    kinds.metricSourceOrNone,
    'none',
    "Source of the value for External=: `exec:COMMAND` prints it, run as the pool's user; `file:PATH` contains it.",
    'file:/var/lib/jobs/waiting',
  ),
  MetricMaxAge: key(
    kinds.durationOrNone,
    '5min',
    'How long the value in a Metric=file: is valid after its last change; `none`: forever.',
    '1min',
  ),
  Spare: key(kinds.countOrNever, '0', 'How many idle instances to keep in addition to the busy ones.', '2'),
  Tolerance: key(
    kinds.percent,
    '10%',
    'How far a measurement may be from its target before the number of instances changes.',
    '20%',
  ),
  Window: key(
    kinds.duration,
    '60s',
    'Scale-down window: never shrink below the highest recommendation within it.',
    '5min',
  ),
  StableWindow: key(kinds.window, '10s', 'Time over which measurements are averaged.', '1min'),
  PanicWindow: key(
    kinds.window,
    '5s',
    'Time over which bursts are averaged: one that calls for twice the ready instances scales the pool up at once.',
    '6s',
  ),
  StepUp: key(
    kinds.stepOrNone,
    'none',
    'Largest scale-up per tick, in instances or in percent of the current number.',
    '100%',
  ),
  StepDown: key(
    kinds.stepOrNone,
    'none',
    'Largest scale-down per tick, in instances or in percent of the current number.',
    '1',
  ),
  IdleTimeout: key(
    kinds.positiveDuration,
    '5min',
    'With Min=0: how long the pool may go without a request before its last instance is stopped.',
    '30min',
  ),
};

/** [Schedule NAME]: other limits at certain times. */
export const scheduleKeys = {
  OnCalendar: required(
    kinds.calendar,
    'When the schedule begins: a calendar event of systemd.time(7), in local time.',
    'Mon..Fri 08:00',
  ),
  Duration: required(kinds.positiveDuration, 'How long the schedule stays in force.', '10h'),
  Min: derived(
    kinds.countOrNever,
    'as in [Pool]',
    'Minimum number of instances while the schedule is in force.',
    '4',
  ),
  Max: derived(
    kinds.count,
    'as in [Pool]',
    'Maximum number of instances while the schedule is in force.',
    '8',
  ),
};
