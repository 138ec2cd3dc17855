import type { Policy } from '../policy.ts';
import type { Replay } from '../replay.ts';
import { DEFAULT_SERVICE_MS } from '../service-time.ts';

/** What a log cannot tell and this model leaves out, of what a pool file asks for. */
function policyNotes({ name, pool }: Policy): string[] {
  const { scale, nginx } = pool;
  const { method } = nginx.balance;
  return [
    ...(scale.external !== null
      ? [`${name}: a log does not have the number of Metric=: no data for External=`]
      : []),
    ...(method !== 'least_conn' ? [`${name}: Balance=${method} is taken for least_conn`] : []),
  ];
}

function missingNote({ serviceTimes: service, requests }: Replay): string[] {
  if (service.missing === 0) return [];
  const which =
    service.missing === requests ? 'the log has no times' : `${service.missing} requests have no time`;
  return [`${which}: each is taken to need ${DEFAULT_SERVICE_MS}ms; --service-time says otherwise`];
}

const lateNote = ({ late }: Replay): string[] =>
  late > 0
    ? [`${late} of the requests are too far out of the order of time: they arrive when their line was read`]
    : [];

/** What to know before believing the figures of a replay that has ended. */
export const notesOf = (replay: Replay): string[] => [
  ...missingNote(replay),
  ...lateNote(replay),
  ...replay.policies.flatMap(policyNotes),
];
