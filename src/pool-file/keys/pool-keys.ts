import { choice, kinds } from '../values/kinds.ts';
import { derived, key, required } from './key.ts';

/** [Pool]: what runs, and how many. */
export const poolKeys = {
  Description: derived(kinds.text, 'NAME pool', 'What the pool is, as systemctl shows it.', 'Search workers'),
  Exec: required(
    kinds.command,
    "The worker's command line, as systemd's ExecStart= takes it; `%i` is the slot.",
    '/usr/local/bin/search %i',
  ),
  Listen: key(
    choice('tcp', 'unix', 'fd'),
    'tcp',
    'What workers listen on: a port of 127.0.0.1, a socket file, or a socket of either kind that systemd holds for them as file descriptor 3.',
    'unix',
  ),
  Protocol: key(
    choice('http', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'tcp'),
    'http',
    'What workers speak; with `tcp` nginx passes on bytes.',
    'fastcgi',
  ),
  Ports: derived(
    kinds.slots,
    'required with Listen=tcp',
    'The ports, one for each slot, at most 1000; for Listen=tcp or fd.',
    '8000-8009',
  ),
  Slots: derived(
    kinds.slots,
    '1-10 with Listen=unix',
    'The slot numbers of a pool with socket files, at most 1000; for Listen=unix or fd.',
    '1-20',
  ),
  Min: key(
    kinds.countOrNever,
    '1',
    'The least number of instances; with 0 the pool sleeps while no request comes.',
    '2',
  ),
  Max: derived(kinds.count, 'the number of slots', 'The greatest number of instances.', '5'),
  Surge: key(kinds.count, '1', 'How many more than desired may run while old ones are replaced.', '2'),
  Batch: key(kinds.count, '1', 'How many are replaced at one time.', '2'),
  MaxAge: key(
    kinds.durationOrNone,
    'none',
    'An instance that has run so long, give or take a tenth, is replaced; with none it may run for ever.',
    '1d',
  ),
  MaxMemory: key(
    kinds.bytesOrNone,
    'none',
    'An instance that holds more memory is replaced; with none only MemoryMax= of [Service] limits it.',
    '200M',
  ),
  MaxRequests: key(
    kinds.countOrNone,
    'none',
    'An instance that nginx has sent so many requests, give or take a tenth, is replaced.',
    '10000',
  ),
  DrainTimeout: key(
    kinds.duration,
    '30s',
    'How long an instance that is to go may finish its requests.',
    '2min',
  ),
};
