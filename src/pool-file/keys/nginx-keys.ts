import { choice, kinds } from '../values/kinds.ts';
import { derived, key, repeatable } from './key.ts';

/** [Nginx]: keys that depend on Protocol=. */
const protocolKeys = {
  ListenStream: derived(
    kinds.listenStream,
    'no route',
    'Port that nginx listens on for a pool with Protocol=tcp, instead of Location=.',
    '127.0.0.1:6379',
  ),
  Script: derived(
    kinds.filePath,
    'none',
    'FastCGI: script that handles every request below Location=; the rest of the path is its PATH_INFO.',
    '/srv/shop/public/index.php',
  ),
  Root: derived(
    kinds.filePath,
    'none',
    'FastCGI: folder of the scripts that the path below Location= names; what follows the file name is PATH_INFO.',
    '/usr/lib/cgi-bin',
  ),
  ScriptExtensions: key(
    kinds.extensions,
    'php',
    'FastCGI: extensions of the scripts below Root=, separated by spaces; all other paths get a 404.',
    'pl cgi',
  ),
  AccelRedirect: key(
    kinds.boolean,
    'no',
    'Honor X-Accel-Redirect of workers, which makes nginx answer from another of its locations.',
    'yes',
  ),
  Set: repeatable(
    kinds.nginxDirective,
    'none',
    'Additional nginx directive for the location, without its semicolon; may be repeated.',
    'fastcgi_param APP_ENV production',
  ),
};

/** [Nginx]: how requests are distributed among the instances. */
const upstreamKeys = {
  Balance: key(
    kinds.balance,
    'least_conn',
    'How nginx picks an instance: `round_robin`, `least_conn`, `random`, `ip_hash` or `hash KEY`.',
    'hash $request_uri',
  ),
  Weight: key(
    choice('equal', 'auto'),
    'equal',
    'Treat all instances alike, or with `auto` send more requests to those with more CPU time to spare.',
    'auto',
  ),
  MaxConns: key(
    kinds.countOrNone,
    'none',
    'Maximum number of connections to one instance; when all instances have reached it, nginx answers 502.',
    '10',
  ),
  Keepalive: key(
    kinds.countOrNever,
    '0',
    'How many idle connections to the pool each nginx worker keeps open; 0 opens a new connection for each request.',
    '16',
  ),
  Backup: derived(
    kinds.slots,
    'none',
    'Slots from Ports= or Slots= that get requests only while no other instance answers; they run in addition to Min= and Max=.',
    '8009',
  ),
};

/** [Nginx]: how requests reach the pool. */
export const nginxKeys = {
  Location: derived(
    kinds.location,
    'no route',
    'URL path to route to the pool, with everything below it.',
    '/api/search',
  ),
  // a full backlog drops the first SYN, and the kernel sends the next one a second later
  ConnectTimeout: key(
    kinds.positiveDuration,
    '1500ms',
    'How long nginx waits to connect before it tries the next instance.',
    '300ms',
  ),
  // slow answers need the time; a hung worker does not wait for it, since probes take it out of nginx after Fall intervals
  ReadTimeout: key(
    kinds.positiveDuration,
    '30s',
    'How long nginx waits for data from a worker before it gives up; with Protocol=tcp the default is 10min.',
    '2min',
  ),
  Idempotent: key(
    kinds.boolean,
    'no',
    'Let nginx repeat a failed POST, LOCK or PATCH on another instance.',
    'yes',
  ),
  SlowLog: key(
    kinds.durationOrNone,
    'none',
    "Log requests that take longer than this to the controller's journal, with URL and instance.",
    '2s',
  ),
  MaxBody: derived(
    kinds.bytes,
    '1M; no limit with Protocol=grpc',
    'Maximum size of a request body; 0 for no limit.',
    '64M',
  ),
  Buffering: key(
    kinds.boolean,
    'yes',
    'Let nginx read answers as fast as workers send them; with `no`, each piece goes to the client at once.',
    'no',
  ),
  RequestBuffering: key(
    kinds.boolean,
    'yes',
    'Send a request to a worker once its body is complete; with `no`, the worker reads along and nginx cannot repeat the request.',
    'no',
  ),
  ...upstreamKeys,
  ...protocolKeys,
};
