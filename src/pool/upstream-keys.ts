import { derived, key } from './key.ts';
import { choice, kinds } from './kinds.ts';

/** [Nginx]: how requests are shared out among the instances. */
export const upstreamKeys = {
  Balance: key(
    kinds.balance,
    'least_conn',
    'How nginx picks an instance: `round_robin`, `least_conn`, `random`, `ip_hash` or `hash KEY`.',
    'hash $request_uri',
  ),
  Weight: key(
    choice('equal', 'auto'),
    'equal',
    'With `auto` an instance that has more of a core to spare gets more requests.',
    'auto',
  ),
  MaxConns: key(
    kinds.countOrNone,
    'none',
    'The most connections to one instance at a time; when all have so many, nginx answers 502.',
    '10',
  ),
  Keepalive: key(
    kinds.countOrNever,
    '0',
    'How many idle connections to the pool each worker of nginx keeps open; 0: each request has one of its own.',
    '16',
  ),
  Backup: derived(
    kinds.slots,
    'none',
    'Slots, of those in Ports= or Slots=, that get requests only while no other answers; they run besides Min= to Max=.',
    '8009',
  ),
};
