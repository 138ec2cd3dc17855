import { choice, kinds } from '../values/kinds.ts';
import { derived, key } from './key.ts';

/** [Health]: when an instance is healthy. */
export const healthKeys = {
  Probe: derived(
    choice('http', 'fastcgi', 'scgi', 'uwsgi', 'tcp', 'exec', 'none'),
    'http, fastcgi, scgi or uwsgi as Protocol= is; tcp for grpc and tcp, but none with Listen=fd',
    'How an instance is checked: by a GET request, a connection, the exit status of a command, or not at all.',
    'tcp',
  ),
  Command: derived(
    kinds.command,
    'required with Probe=exec',
    'What Probe=exec runs, as Exec= has it: exit status 0 is healthy.',
    '/usr/local/bin/check %i',
  ),
  Path: derived(kinds.urlPath, '/', 'What a probe by request asks for.', '/healthz'),
  Status: derived(
    kinds.statusRange,
    '200-399; without Path=, 200-499, since a program need not have a page at /',
    'The statuses that a probe by request takes for a success.',
    '204',
  ),
  Body: derived(kinds.text, 'any', "Text that a healthy answer's body holds.", '"status":"ok"'),
  Host: key(kinds.host, 'localhost', 'The Host header of a probe by request.', 'www.example.org'),
  Interval: key(
    kinds.positiveDuration,
    '2s',
    'The time from one probe to the next; after a failure a quarter of it.',
    '5s',
  ),
  Timeout: key(kinds.positiveDuration, '500ms', 'A probe without an answer for so long has failed.', '1s'),
  Rise: key(kinds.count, '2', 'The successes in a row that make an instance healthy.', '1'),
  Fall: key(kinds.count, '3', 'The failures in a row after which nginx no longer sends to it.', '2'),
  RestartAfter: derived(
    kinds.countOrNever,
    'Fall',
    'The failures in a row after which it is replaced, at least Fall; 0 is never.',
    '10',
  ),
  Restarts: key(
    kinds.count,
    '1',
    'How many instances that answer no probe may be replaced at one time.',
    '2',
  ),
  RequestTimeout: key(
    kinds.durationOrNone,
    'none',
    'An instance that holds one request for longer is replaced; not for WebSockets and other long connections.',
    '1min',
  ),
  StartTimeout: key(
    kinds.positiveDuration,
    '10s',
    'How long a started instance may take to become healthy.',
    '1min',
  ),
};
