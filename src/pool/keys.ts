import { derived, key, required } from './key.ts';
import { balance, command, host, location, text, urlPath } from './texts.ts';
import {
  boolean,
  bytes,
  duration,
  integer,
  numberSet,
  oneOf,
  orNone,
  percent,
  positiveDuration,
  positiveNumber,
} from './values.ts';

const count = integer(1, 1000);

export const poolKeys = {
  Description: derived(text, 'NAME pool', 'What the pool is, as systemctl shows it.', 'Search workers'),
  Exec: required(
    command,
    "The worker's command line, as ExecStart= takes it; %i is the slot.",
    '/usr/local/bin/search %i',
  ),
  Listen: key(
    oneOf('tcp', 'unix'),
    'tcp',
    'What workers listen on: a port of 127.0.0.1, or a socket file.',
    'unix',
  ),
  Ports: derived(numberSet(65535), 'required with Listen=tcp', 'The ports, one for each slot.', '8000-8009'),
  Slots: derived(numberSet(65535), '1-10 with Listen=unix', 'The slot numbers of a unix pool.', '1-20'),
  Min: key(count, '1', 'The least number of instances.', '2'),
  Max: derived(count, 'the number of slots', 'The greatest number of instances.', '5'),
  DrainTimeout: key(duration, '30s', 'How long an instance that is to go may finish its requests.', '2min'),
};

export const healthKeys = {
  Probe: key(
    oneOf('http', 'tcp', 'none'),
    'http',
    'How an instance is checked: a GET, a connection, or not at all.',
    'tcp',
  ),
  Path: key(urlPath, '/', 'What the http probe asks for; an answer of 200 to 399 is healthy.', '/healthz'),
  Host: key(host, 'localhost', 'The Host header of the http probe.', 'www.example.org'),
  Interval: key(positiveDuration, '2s', 'From one probe to the next; after a failure a quarter of it.', '5s'),
  Timeout: key(positiveDuration, '500ms', 'A probe without an answer for so long has failed.', '1s'),
  Rise: key(count, '2', 'Successes in a row that make an instance healthy.', '1'),
  Fall: key(count, '3', 'Failures in a row after which nginx no longer sends to it.', '2'),
  RestartAfter: derived(
    integer(0, 1000),
    'Fall + 1',
    'Failures in a row after which it is replaced; 0 never.',
    '10',
  ),
  StartTimeout: key(
    positiveDuration,
    '10s',
    'How long a started instance may take to become healthy.',
    '1min',
  ),
};

export const scaleKeys = {
  CPU: key(
    orNone(percent),
    '70%',
    'CPU to aim at, per instance, of one core; none: not a reason to scale.',
    '50%',
  ),
  Concurrency: key(
    orNone(positiveNumber),
    'none',
    'Connections to aim at, per instance, in service and queued; none: not a reason to scale.',
    '2',
  ),
  Window: key(duration, '60s', 'Shrink only to the highest recommendation of so long.', '5min'),
};

export const nginxKeys = {
  Location: derived(location, 'no route', 'The URL prefix that nginx sends to the pool.', '/api/search'),
  Balance: key(
    balance,
    'least_conn',
    'How nginx picks an instance: round_robin, least_conn, random, ip_hash or hash KEY.',
    'hash $request_uri',
  ),
  ConnectTimeout: key(
    positiveDuration,
    '1s',
    'After so long without a connection nginx tries the next instance.',
    '300ms',
  ),
  ReadTimeout: key(
    positiveDuration,
    '30s',
    'After so long without a byte from a worker nginx gives up on it.',
    '2min',
  ),
  Idempotent: key(boolean, 'no', 'Whether a POST may be repeated on another instance when one fails.', 'yes'),
  MaxBody: key(bytes, '1M', 'The largest request body; 0 is no limit.', '64M'),
};

/** The sections whose keys are cgipool's own. */
export const sections = { Pool: poolKeys, Health: healthKeys, Scale: scaleKeys, Nginx: nginxKeys };

/** The sections that are copied into units as they are, and the keys there that cgipool must own, with the cure. */
export const passThrough: Record<'Service' | 'Unit' | 'Slice', Record<string, string>> = {
  Service: {
    ExecStart: 'use Exec= in [Pool]',
    Slice: 'each pool has a slice of its own: use [Slice] for its limits',
    BusName: 'a worker is no D-Bus service',
    PIDFile: 'workers do not fork into the background: use Type=exec or notify',
  },
  Unit: {},
  Slice: {},
};
