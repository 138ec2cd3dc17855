import { choice, kinds } from '../values/kinds.ts';
import { derived, key, required } from './key.ts';

/** [Pool]: what runs, and how many instances. */
export const poolKeys = {
  Description: derived(
    kinds.text,
    'NAME pool',
    'Description of the pool, as systemctl shows it.',
    'Search workers',
  ),
  Exec: required(
    kinds.command,
    "Command line of a worker, with the syntax of systemd's ExecStart=; `%i` is the slot.",
    '/usr/local/bin/search %i',
  ),
  Listen: key(
    choice('tcp', 'unix', 'fd'),
    'tcp',
    'What workers listen on: a port of 127.0.0.1, a socket file, or either of them, opened by systemd and passed as file descriptor 3.',
    'unix',
  ),
  Protocol: key(
    choice('http', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'tcp'),
    'http',
    'Protocol that workers speak; with `tcp`, nginx forwards bytes.',
    'fastcgi',
  ),
  Ports: derived(
    kinds.slots,
    'required with Listen=tcp',
    'Ports of the pool, one per slot, at most 1000; with Listen=tcp or fd.',
    '8000-8009',
  ),
  Slots: derived(
    kinds.slots,
    '1-10 with Listen=unix',
    'Slot numbers of a pool with socket files, at most 1000; with Listen=unix or fd.',
    '1-20',
  ),
  Min: key(kinds.countOrNever, '1', 'Minimum number of instances; 0 lets the pool scale to zero.', '2'),
  Max: derived(kinds.count, 'the number of slots', 'Maximum number of instances.', '5'),
  Surge: key(
    kinds.count,
    '1',
    'How many instances above the desired number may run while old ones are replaced.',
    '2',
  ),
  Batch: key(kinds.count, '1', 'How many instances to replace at a time.', '2'),
  MaxAge: key(
    kinds.durationOrNone,
    'none',
    'Replace an instance after it has run this long (give or take 10%).',
    '1d',
  ),
  MaxMemory: key(
    kinds.bytesOrNone,
    'none',
    'Replace an instance that uses more memory than this; see also MemoryMax= in [Service].',
    '200M',
  ),
  MaxRequests: key(
    kinds.countOrNone,
    'none',
    'Replace an instance after this many requests (give or take 10%).',
    '10000',
  ),
  DrainTimeout: key(
    kinds.duration,
    '30s',
    'How long an instance may take to finish its requests before it is stopped.',
    '2min',
  ),
};
