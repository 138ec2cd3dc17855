import { SOCKETS_GROUP, sliceName, socketPath, wakeSocketPath } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Directive, Pool } from '../model/pool.ts';
import { rangesOf } from '../model/slots.ts';
import { type Assets, fill, type PlaceholderValues, textOf } from './fill.ts';
import { wakeTimeout } from './locations.ts';

const linesOf = (list: readonly Directive[]): string[] => list.map(({ key, value }) => `${key}=${value}`);

/** Escapes `%`, which begins a specifier in unit files (systemd.unit(5)). */
const literal = (text: string): string => text.replaceAll('%', '%%');

/** How a worker learns its endpoint from the environment. */
const environment = (pool: Pool): string =>
  pool.listen === 'tcp' ? 'PORT=%i' : `SOCKET=${socketPath(pool.name, '%i')}`;

/** A directory for the socket, which systemd removes along with a stale socket. */
const unixAccess = (pool: Pool): string[] => [
  `RuntimeDirectory=cgipool/${pool.name}/%i`,
  'RuntimeDirectoryMode=0750',
  'UMask=0007',
];

/**
 * The instance starts after its socket and stops with it. No BindsTo=: it would stop instances from before Listen=fd.
 */
const bound = ({ name, activated }: Pool): string[] =>
  activated ? ['Requires', 'After'].map(key => `${key}=cgipool-${name}@%i.socket`) : [];

/** The worker creates the socket file itself. */
const makesFile = ({ listen, activated }: Pool): boolean => listen === 'unix' && !activated;

const dirname = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Lets only the sockets' group, nginx and the controller, dial the socket. */
const shared = (pool: Pool, assets: Assets): string[] =>
  !makesFile(pool)
    ? []
    : fill(assets, 'units/share', {
        GROUP: SOCKETS_GROUP,
        FOLDER: dirname(socketPath(pool.name, '%i')),
      });

/** The part of the sandbox that all units share, ours and the workers'. */
export const hardening = (assets: Assets): PlaceholderValues => ({
  PROTECT: fill(assets, 'units/protect', {}),
  RESTRICT: fill(assets, 'units/restrict', {}),
});

/** The values that the units of a pool share. */
const common = (pool: Pool, assets: Assets) => ({
  NAME: pool.name,
  DESCRIPTION: literal(pool.description),
  ENVIRONMENT: environment(pool),
  SLICE: sliceName(pool.name),
  SANDBOX: fill(assets, 'units/sandbox', hardening(assets)),
});

/** The worker binds its port itself. */
export const bindsPort = ({ listen, activated }: Pool): boolean => listen === 'tcp' && !activated;

/**
 * A drop-in that allows the pool's ports, since systemd expands no specifiers there. Not part of the template: a change
 * of Ports= must not replace instances.
 */
export const renderPorts = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/ports.conf', {
      NAME: pool.name,
      ALLOW: rangesOf(pool.slots).map(
        ([from, to]) => `SocketBindAllow=tcp:${from === to ? from : `${from}-${to}`}`,
      ),
    }),
  );

/** `cgipool-NAME@.service`. The pool's own directives are last in each section, so that they win. */
export const renderTemplate = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/pool@.service', {
      ...common(pool, assets),
      EXEC: pool.exec,
      ACCESS: makesFile(pool) ? unixAccess(pool) : PRIVATE,
      UNIT: [...bound(pool), ...linesOf(pool.unit)],
      SERVICE: linesOf(pool.service),
      SHARE: shared(pool, assets),
    }),
  );

/** For processes that create no socket for nginx. */
const PRIVATE = ['UMask=0077'];

/** Group= of units that dial an instance's socket. */
const dialling = (pool: Pool): string[] => (pool.listen === 'tcp' ? PRIVATE : [`Group=${SOCKETS_GROUP}`]);

/** `cgipool-NAME@.socket`, on which systemd listens for an instance. */
export function renderSocket(pool: Pool, assets: Assets): string {
  const file = socketPath(pool.name, '%i');
  const access = { GROUP: SOCKETS_GROUP, FOLDER: dirname(file) };
  const lines = fill(assets, 'units/pool@.socket', {
    NAME: pool.name,
    DESCRIPTION: literal(pool.description),
    ADDRESS: pool.listen === 'tcp' ? '127.0.0.1:%i' : file,
    ACCESS: pool.listen === 'tcp' ? [] : fill(assets, 'units/socket-file', access),
  });
  return textOf(lines);
}

/**
 * The directives of [Service] that a probe shares: its user and what it can access, not how it starts, stops and
 * restarts.
 */
const ACCESS =
  /^(User|Group|SupplementaryGroups|DynamicUser|PassEnvironment|Environment(File)?|WorkingDirectory|Root\w+|Bind\w+|(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec)Paths|Protect\w+|Private\w+|Restrict\w+|SystemCall\w+|(Load|Set)Credential(Encrypted)?|CapabilityBoundingSet|AmbientCapabilities|NoNewPrivileges|ProcSubset|IPAddress\w+|UMask)$/;

/** `cgipool-NAME.probe@.service`, which checks an instance as the pool's user. */
export const renderProbe = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/probe@.service', {
      ...common(pool, assets),
      COMMAND: pool.health.command,
      TIMEOUT: `${pool.health.timeout}ms`,
      ACCESS: dialling(pool),
      SERVICE: linesOf(pool.service.filter(({ key }) => ACCESS.test(key))),
    }),
  );

/** `cgipool-NAME.metric.service`, which prints the number of Metric= as the pool's user. */
export function renderMetric(pool: Pool, command: string, assets: Assets): string {
  const { ENVIRONMENT: _, ...shared } = common(pool, assets);
  const lines = fill(assets, 'units/metric.service', {
    ...shared,
    COMMAND: command,
    FILE: `${paths.metrics}/${pool.name}`,
    SERVICE: linesOf(pool.service.filter(({ key }) => ACCESS.test(key) && key !== 'UMask')),
  });
  return textOf(lines);
}

/** `cgipool-NAME.wake.socket`, where requests wait while the pool sleeps. */
export const renderWakeSocket = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/wake.socket', {
      NAME: pool.name,
      DESCRIPTION: literal(pool.description),
      PATH: wakeSocketPath(pool.name),
      GROUP: SOCKETS_GROUP,
    }),
  );

/** How often the wake service looks for an instance, ms; its unit has it too. */
const WAKE_POLL_MS = 50;

/** `cgipool-NAME.wake.service`, which systemd starts to pass waiting requests on. */
export function renderWakeService(pool: Pool, assets: Assets): string {
  const { ENVIRONMENT: _, ...shared } = common(pool, assets);
  const lines = fill(assets, 'units/wake.service', {
    ...shared,
    AWAKE: `${paths.awake}/${pool.name}`,
    TRIES: String(Math.ceil(wakeTimeout(pool) / WAKE_POLL_MS)),
    ACCESS: dialling(pool),
  });
  return textOf(lines);
}

/** The pool's slice, for limits on all its instances together. */
export const renderSlice = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/pool.slice', {
      NAME: pool.name,
      DESCRIPTION: literal(pool.description),
      DIRECTIVES: linesOf(pool.slice),
    }),
  );
