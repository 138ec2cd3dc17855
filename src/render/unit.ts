import { SOCKETS_GROUP, sliceName, socketPath, wakeSocketPath } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Directive, Pool } from '../model/pool.ts';
import { type Assets, fill, textOf, type Values } from './fill.ts';

const linesOf = (list: readonly Directive[]): string[] => list.map(({ key, value }) => `${key}=${value}`);

/** In unit files `%` begins a specifier (systemd.unit(5)); in a description it is meant as it is. */
const literal = (text: string): string => text.replaceAll('%', '%%');

/** What a worker finds in its environment beside its arguments. */
const environment = (pool: Pool): string =>
  pool.listen === 'tcp' ? 'PORT=%i' : `SOCKET=${socketPath(pool.name, '%i')}`;

/** A folder for the socket; systemd removes it, and so a stale socket. */
const unixAccess = (pool: Pool): string[] => [
  `RuntimeDirectory=cgipool/${pool.name}/%i`,
  'RuntimeDirectoryMode=0750',
  'UMask=0007',
];

/** The instance starts after its socket and stops with it; no BindsTo=, which would end one that had none before. */
const bound = ({ name, activated }: Pool): string[] =>
  activated ? ['Requires', 'After'].map(key => `${key}=cgipool-${name}@%i.socket`) : [];

/** The worker makes the socket file itself. */
const makesFile = ({ listen, activated }: Pool): boolean => listen === 'unix' && !activated;

const dirname = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Lets nginx's group, and nobody else, dial the socket. */
const shared = (pool: Pool, assets: Assets): string[] =>
  !makesFile(pool)
    ? []
    : fill(assets, 'units/share', {
        GROUP: SOCKETS_GROUP,
        FOLDER: dirname(socketPath(pool.name, '%i')),
      });

/** What stands in every unit's sandbox, ours and the workers'. */
export const hardening = (assets: Assets): Values => ({
  PROTECT: fill(assets, 'units/protect', {}),
  RESTRICT: fill(assets, 'units/restrict', {}),
});

/** What a pool's templates share. */
const common = (pool: Pool, assets: Assets) => ({
  NAME: pool.name,
  DESCRIPTION: literal(pool.description),
  ENVIRONMENT: environment(pool),
  SLICE: sliceName(pool.name),
  SANDBOX: fill(assets, 'units/sandbox', hardening(assets)),
});

/** The text of `cgipool-NAME@.service`. The pool's own directives stand last in each section, and so win. */
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

/** Of what makes no file that nginx is to dial. */
const PRIVATE = ['UMask=0077'];

/** Who dials an instance's socket has to be in nginx's group. */
const dialling = (pool: Pool): string[] => (pool.listen === 'tcp' ? PRIVATE : [`Group=${SOCKETS_GROUP}`]);

/** The text of `cgipool-NAME@.socket`, which systemd listens on for an instance. */
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

/** What a probe takes over of a pool's [Service]: who it is and what it may see, not how it starts, stops and restarts. */
const ACCESS =
  /^(User|Group|SupplementaryGroups|DynamicUser|PassEnvironment|Environment(File)?|WorkingDirectory|Root\w+|Bind\w+|(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec)Paths|Protect\w+|Private\w+|Restrict\w+|SystemCall\w+|(Load|Set)Credential(Encrypted)?|CapabilityBoundingSet|AmbientCapabilities|NoNewPrivileges|ProcSubset|IPAddress\w+|UMask)$/;

/** The text of `cgipool-NAME.probe@.service`, which checks an instance as the pool's user. */
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

/** The text of `cgipool-NAME.metric.service`, which prints a number for scaling as the pool's user. */
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

/** The text of `cgipool-NAME.wake.socket`, where requests wait. */
export const renderWakeSocket = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/wake.socket', {
      NAME: pool.name,
      DESCRIPTION: literal(pool.description),
      PATH: wakeSocketPath(pool.name),
      GROUP: SOCKETS_GROUP,
    }),
  );

/** The text of `cgipool-NAME.wake.service`, which systemd starts for what waits there. */
export function renderWakeService(pool: Pool, assets: Assets): string {
  const { ENVIRONMENT: _, ...shared } = common(pool, assets);
  const lines = fill(assets, 'units/wake.service', {
    ...shared,
    AWAKE: `${paths.awake}/${pool.name}`,
    ACCESS: dialling(pool),
  });
  return textOf(lines);
}

/** The text of the pool's slice, where limits for all its instances together belong. */
export const renderSlice = (pool: Pool, assets: Assets): string =>
  textOf(
    fill(assets, 'units/pool.slice', {
      NAME: pool.name,
      DESCRIPTION: literal(pool.description),
      DIRECTIVES: linesOf(pool.slice),
    }),
  );
