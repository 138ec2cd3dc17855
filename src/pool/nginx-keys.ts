import { derived, key } from './key.ts';
import { kinds } from './kinds.ts';

/** [Nginx]: how requests come to the pool. */
export const nginxKeys = {
  Location: derived(
    kinds.location,
    'no route',
    'The URL prefix that nginx sends to the pool: this path and all below it.',
    '/api/search',
  ),
  Balance: key(
    kinds.balance,
    'least_conn',
    'How nginx picks an instance: `round_robin`, `least_conn`, `random`, `ip_hash` or `hash KEY`.',
    'hash $request_uri',
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
    'After so long without a byte from a worker nginx gives up on it.',
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
  MaxBody: key(kinds.bytes, '1M', 'The largest request body; 0 is no limit.', '64M'),
};
