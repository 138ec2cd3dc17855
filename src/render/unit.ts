import { sliceName, socketPath, wakeSocketPath } from '../model/names.ts';
import type { Directive, Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { type Assets, fill } from './fill.ts';

const lines = (list: readonly Directive[]): string => list.map(d => `${d.key}=${d.value}\n`).join('');

/** In unit files `%` begins a specifier (systemd.unit(5)); in a description it is meant as it is. */
const literal = (text: string): string => text.replaceAll('%', '%%');

/** What a worker finds in its environment beside its arguments. */
const environment = (pool: Pool): string =>
  pool.listen === 'tcp' ? 'PORT=%i' : `SOCKET=${socketPath(pool.name, '%i')}`;

/** A folder for the socket; systemd removes it, and so a stale socket. */
const unixAccess = (pool: Pool): string =>
  [`RuntimeDirectory=cgipool/${pool.name}/%i`, 'RuntimeDirectoryMode=0750', 'UMask=0007'].join('\n');

/** The instance starts after its socket and stops with it; no BindsTo=, which would end one that had none before. */
const bound = ({ name, activated }: Pool): string =>
  activated ? `Requires=cgipool-${name}@%i.socket\nAfter=cgipool-${name}@%i.socket\n` : '';

/** The worker makes the socket file itself. */
const makesFile = ({ listen, activated }: Pool): boolean => listen === 'unix' && !activated;

/** Lets nginx's group, and nobody else, dial the socket. */
const shared = (pool: Pool, site: Site, assets: Assets): string =>
  !makesFile(pool)
    ? ''
    : fill(assets, 'units/share', {
        GROUP: site.nginxGroup,
        FOLDER: dirname(socketPath(pool.name, '%i')),
      });

const dirname = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** What a pool's two templates share. */
const common = (pool: Pool, assets: Assets): Record<string, string> => ({
  NAME: pool.name,
  DESCRIPTION: literal(pool.description),
  ENVIRONMENT: environment(pool),
  SLICE: sliceName(pool.name),
  SANDBOX: fill(assets, 'units/sandbox', {}),
});

/** The text of `cgipool-NAME@.service`. The pool's own directives stand last in each section, and so win. */
export function renderTemplate(pool: Pool, site: Site, assets: Assets): string {
  return fill(assets, 'units/pool@.service', {
    ...common(pool, assets),
    EXEC: pool.exec,
    ACCESS: makesFile(pool) ? unixAccess(pool) : 'UMask=0077',
    UNIT: bound(pool) + lines(pool.unit),
    SERVICE: lines(pool.service) + shared(pool, site, assets),
  });
}

/** The text of `cgipool-NAME@.socket`, which systemd listens on for an instance. */
export function renderSocket(pool: Pool, site: Site, assets: Assets): string {
  const file = socketPath(pool.name, '%i');
  const access = { GROUP: site.nginxGroup, FOLDER: dirname(file) };
  return fill(assets, 'units/pool@.socket', {
    NAME: pool.name,
    DESCRIPTION: literal(pool.description),
    ADDRESS: pool.listen === 'tcp' ? '127.0.0.1:%i' : file,
    ACCESS: pool.listen === 'tcp' ? '' : fill(assets, 'units/socket-file', access),
  });
}

/** What a probe takes over of a pool's [Service]: who it is and what it may see, not how it starts, stops and restarts. */
const ACCESS =
  /^(User|Group|SupplementaryGroups|DynamicUser|PassEnvironment|Environment(File)?|WorkingDirectory|Root\w+|Bind\w+|(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec)Paths|Protect\w+|Private\w+|Restrict\w+|SystemCall\w+|(Load|Set)Credential(Encrypted)?|CapabilityBoundingSet|AmbientCapabilities|NoNewPrivileges|ProcSubset|IPAddress\w+|UMask)$/;

/** The text of `cgipool-NAME.probe@.service`, which checks an instance as the pool's user. */
export function renderProbe(pool: Pool, site: Site, assets: Assets): string {
  return fill(assets, 'units/probe@.service', {
    ...common(pool, assets),
    COMMAND: pool.health.command,
    TIMEOUT: `${pool.health.timeout}ms`,
    // it dials the socket of its instance, which is for nginx's group
    ACCESS: pool.listen === 'tcp' ? 'UMask=0077' : `Group=${site.nginxGroup}`,
    SERVICE: lines(pool.service.filter(({ key }) => ACCESS.test(key))),
  });
}

/** The text of `cgipool-NAME.metric.service`, which prints a number for scaling as the pool's user. */
export function renderMetric(pool: Pool, command: string, assets: Assets): string {
  const { ENVIRONMENT: _, ...shared } = common(pool, assets);
  return fill(assets, 'units/metric.service', {
    ...shared,
    COMMAND: command,
    FILE: `/run/cgipool-metrics/${pool.name}`,
    SERVICE: lines(pool.service.filter(({ key }) => ACCESS.test(key) && key !== 'UMask')),
  });
}

/** The texts of `cgipool-NAME.wake.socket`, where requests wait, and of the service that systemd starts for them. */
export function renderWakeUnits(pool: Pool, site: Site, assets: Assets): { socket: string; service: string } {
  const { ENVIRONMENT: _, SANDBOX, SLICE, ...shared } = common(pool, assets);
  return {
    socket: fill(assets, 'units/wake.socket', {
      ...shared,
      PATH: wakeSocketPath(pool.name),
      NGINXGROUP: site.nginxGroup,
    }),
    service: fill(assets, 'units/wake.service', {
      ...shared,
      SANDBOX: SANDBOX ?? '',
      SLICE: SLICE ?? '',
      AWAKE: `/run/cgipool-controller/awake/${pool.name}`,
      ACCESS: pool.listen === 'tcp' ? 'UMask=0077' : `Group=${site.nginxGroup}`,
    }),
  };
}

/** The text of the pool's slice, where limits for all its instances together belong. */
export const renderSlice = (pool: Pool, assets: Assets): string =>
  fill(assets, 'units/pool.slice', {
    NAME: pool.name,
    DESCRIPTION: literal(pool.description),
    DIRECTIVES: lines(pool.slice),
  });
