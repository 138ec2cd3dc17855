import { derived, key } from './key.ts';
import { kinds } from './kinds.ts';
import { protocolKeys } from './protocol-keys.ts';
import { upstreamKeys } from './upstream-keys.ts';

/** [Nginx]: how requests come to the pool. */
export const nginxKeys = {
  Location: derived(
    kinds.location,
    'no route',
    'The URL prefix that nginx sends to the pool: this path and all below it.',
    '/api/search',
  ),
  // a full backlog drops the first SYN, and the kernel sends the next one a second later
  ConnectTimeout: key(
    kinds.positiveDuration,
    '1500ms',
    'After so long without a connection nginx tries the next instance.',
    '300ms',
  ),
  // probes unpublish a hung worker after Fall intervals, long before; slow answers need the time
  ReadTimeout: key(
    kinds.positiveDuration,
    '30s',
    'After so long without a byte from a worker nginx gives up on it; with Protocol=tcp the default is 10min.',
    '2min',
  ),
  Idempotent: key(
    kinds.boolean,
    'no',
    'Whether nginx may repeat a POST, LOCK or PATCH on another instance when one fails.',
    'yes',
  ),
  SlowLog: key(
    kinds.durationOrNone,
    'none',
    "A request that takes longer is told of in the controller's journal, with its URL and instance.",
    '2s',
  ),
  MaxBody: derived(
    kinds.bytes,
    '1M; with Protocol=grpc no limit, since a stream counts as a body',
    'The largest request body; 0 is no limit.',
    '64M',
  ),
  Buffering: key(
    kinds.boolean,
    'yes',
    'Whether nginx takes in an answer as fast as the worker gives it; with no each piece goes to the client at once.',
    'no',
  ),
  RequestBuffering: key(
    kinds.boolean,
    'yes',
    'Whether a worker gets a request only once its body is there; with no it reads along, and nginx cannot repeat it.',
    'no',
  ),
  ...upstreamKeys,
  ...protocolKeys,
};
