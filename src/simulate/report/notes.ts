import type { Policy } from '../policy.ts';
import type { Replay } from '../replay.ts';
import { DEFAULT_SERVICE_MS } from '../service-time.ts';

/** Settings of a pool file that a log has no data for, or that the model leaves out. */
function policyNotes({ name, pool }: Policy): string[] {
  const { scale, nginx } = pool;
  const { method } = nginx.balance;
  return [
    ...(scale.external !== null
      ? [`${name}: the log does not have the value of Metric=: no data for External=`]
      : []),
    ...(method !== 'least_conn' ? [`${name}: Balance=${method} is simulated as least_conn`] : []),
  ];
}

const amount = (number: number, one: string, several: string): string =>
  number === 1 ? `1 ${one}` : `${number} ${several}`;

function missingNote({ serviceTimes, requests }: Replay): string[] {
  if (serviceTimes.missing === 0) return [];
  const which =
    serviceTimes.missing === requests
      ? 'the log has no request times'
      : `${amount(serviceTimes.missing, 'request has', 'requests have')} no time in the log`;
  return [`${which}: assuming ${DEFAULT_SERVICE_MS}ms each; use --service-time to change this`];
}

const lateNote = ({ late }: Replay): string[] =>
  late > 0
    ? [
        `${amount(late, 'request is', 'requests are')} too far out of order: taken to arrive when the line was read`,
      ]
    : [];

/** Caveats about the figures of a replay that has ended. */
export const notesOf = (replay: Replay): string[] => [
  ...missingNote(replay),
  ...lateNote(replay),
  ...replay.policies.flatMap(policyNotes),
];
