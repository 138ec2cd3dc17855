import { choice, kinds } from '../values/kinds.ts';
import { derived, key } from './key.ts';

/** [Health]: when an instance is healthy. */
export const healthKeys = {
  Probe: derived(
    choice('http', 'fastcgi', 'scgi', 'uwsgi', 'tcp', 'exec', 'none'),
    'as Protocol=; for grpc and tcp: tcp, or none with Listen=fd',
    'How to check an instance: with a GET request, a connection, a command, or not at all.',
    'tcp',
  ),
  Command: derived(
    kinds.command,
    'required with Probe=exec',
    'Command line that Probe=exec runs, with the syntax of Exec=; exit status 0 means healthy.',
    '/usr/local/bin/check %i',
  ),
  Path: derived(kinds.urlPath, '/', 'URL path and query that a GET probe requests.', '/healthz'),
  Status: derived(
    kinds.statusRange,
    '200-399 with Path=, otherwise 200-499',
    'HTTP statuses that a GET probe accepts.',
    '204',
  ),
  Body: derived(
    kinds.text,
    'any',
    "Text that the body of a GET probe's answer must contain.",
    '"status":"ok"',
  ),
  Host: key(kinds.host, 'localhost', 'Host header of a GET probe.', 'www.example.org'),
  Interval: key(kinds.positiveDuration, '2s', 'Time between probes; after a failure, a quarter of it.', '5s'),
  Timeout: key(
    kinds.positiveDuration,
    '500ms',
    'How long to wait for an answer before the probe counts as failed.',
    '1s',
  ),
  Rise: key(kinds.count, '2', 'Successful probes in a row after which an instance is healthy.', '1'),
  Fall: key(
    kinds.count,
    '3',
    'Failed probes in a row after which nginx sends no more requests to an instance.',
    '2',
  ),
  RestartAfter: derived(
    kinds.countOrNever,
    'as Fall=',
    'Failed probes in a row after which an instance is restarted, at least Fall=; 0 for never.',
    '10',
  ),
  Restarts: key(kinds.count, '1', 'How many instances that fail their probes to replace at a time.', '2'),
  RequestTimeout: key(
    kinds.durationOrNone,
    'none',
    'Replace an instance that holds one request for longer than this; not for pools with WebSockets or other long connections.',
    '20s',
  ),
  StartTimeout: key(
    kinds.positiveDuration,
    '10s',
    'How long an instance may take to become healthy after its start.',
    '1min',
  ),
};
