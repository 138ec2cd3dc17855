import { choice, kinds } from '../values/kinds.ts';
import { derived, key, repeatable } from './key.ts';

/** [Nginx]: what goes to the workers beside the request. */
export const protocolKeys = {
  ListenStream: derived(
    kinds.listenStream,
    'required with Protocol=tcp, unless nothing is to be routed',
    'What nginx listens on for a pool with Protocol=tcp, in place of Location=.',
    '127.0.0.1:6379',
  ),
  Script: derived(
    kinds.filePath,
    'none',
    'FastCGI: the script that every request below Location= runs; the rest of the path is its PATH_INFO.',
    '/srv/shop/public/index.php',
  ),
  Root: derived(
    kinds.filePath,
    'none',
    'FastCGI: the folder of scripts that the path below Location= names; what follows the file name is PATH_INFO.',
    '/usr/lib/cgi-bin',
  ),
  ScriptExtensions: key(
    kinds.extensions,
    'php',
    'What the names of scripts below Root= end in, several with blanks between; all other paths are answered with 404.',
    'pl cgi',
  ),
  AccelRedirect: key(
    kinds.boolean,
    'no',
    'Honor X-Accel-Redirect of workers, by which they have nginx answer with any of its other locations or files.',
    'yes',
  ),
  Set: repeatable(
    kinds.nginxDirective,
    'none',
    'One more directive of nginx for the location, without its semicolon; may be repeated.',
    'fastcgi_param APP_ENV production',
  ),
};

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
