import type { ActiveState, Unit } from '../../model/observed.ts';
import { fromSystemd } from '../clock.ts';
import { type Bus, BusError } from './bus.ts';

const destination = 'org.freedesktop.systemd1';
const manager = { destination, path: '/org/freedesktop/systemd1', interface: `${destination}.Manager` };
/** The match rule for signals of the manager. */
export const MANAGER = `type='signal',sender='${destination}',interface='${manager.interface}',path='${manager.path}'`;

const properties = { destination, interface: 'org.freedesktop.DBus.Properties' };

/** A row of systemd's list of loaded units. */
export interface UnitRow {
  name: string;
  /** LoadState, such as `loaded`, `not-found`, `masked`. */
  load: string;
  active: ActiveState;
  sub: string;
  path: string;
  job: boolean;
  /** `start`, `stop`, `restart` and so on; empty without a job. */
  jobType: string;
}

/** Properties of a service's current or last life. */
export interface UnitDetails
  extends Pick<Unit, 'invocation' | 'pid' | 'uid' | 'startedAt' | 'restarts' | 'result' | 'exit'> {
  /** Below the cgroup root, with a leading slash; empty while it has none. */
  cgroup: string;
}

type ListedUnit = [string, string, string, ActiveState, string, string, string, number, string, string];

/** All loaded units whose name matches one of the patterns. */
export async function listUnits(bus: Bus, patterns: string[]): Promise<UnitRow[]> {
  const [rows] = await bus.call({
    ...manager,
    member: 'ListUnitsByPatterns',
    signature: 'asas',
    body: [[], patterns],
  });
  return (rows as ListedUnit[]).map(([name, , load, active, sub, , path, job, jobType]) => ({
    name,
    load,
    active,
    sub,
    path,
    job: job !== 0,
    jobType,
  }));
}

type Variants = Record<string, { value: unknown }>;

const text = (all: Variants, key: string): string => String(all[key]?.value ?? '');
const number = (all: Variants, key: string): number => Number(all[key]?.value ?? 0);

/** The InvocationID of a unit's current life, in hexadecimal digits. */
export async function invocationOf(bus: Bus, path: string): Promise<string> {
  const body = [`${destination}.Unit`, 'InvocationID'];
  const [id] = await bus.call({ ...properties, path, member: 'Get', signature: 'ss', body });
  return Buffer.from((id as { value: Uint8Array }).value).toString('hex');
}

/** systemd's UID for a unit without a user of its own. */
const NO_UID = 2 ** 32 - 1;

const startedAt = (usec: number): number => (usec === 0 ? 0 : fromSystemd(usec));

const uidOf = (uid: number): number | null => (uid === NO_UID ? null : uid);

/** Reads a unit's details in two calls. Throws BusError, also when the unit was unloaded in the meantime. */
export async function unitDetails(bus: Bus, path: string): Promise<UnitDetails> {
  const [services, invocation] = await Promise.all([
    bus.call({ ...properties, path, member: 'GetAll', signature: 's', body: [`${destination}.Service`] }),
    invocationOf(bus, path),
  ]);
  const all = services[0] as Variants;
  return {
    invocation,
    pid: number(all, 'MainPID'),
    uid: uidOf(number(all, 'UID')),
    startedAt: startedAt(number(all, 'ExecMainStartTimestampMonotonic')),
    restarts: number(all, 'NRestarts'),
    result: text(all, 'Result'),
    exit: number(all, 'ExecMainStatus'),
    cgroup: text(all, 'ControlGroup'),
  };
}

/** The object path of a unit, which need not run. Throws BusError. */
export async function loadUnit(bus: Bus, unit: string): Promise<string> {
  const [path] = await bus.call({ ...manager, member: 'LoadUnit', signature: 's', body: [unit] });
  return String(path);
}

/** One property of a unit. `type`: the interface that has it, such as `Unit` or `Service`. Throws BusError. */
export async function unitProperty(bus: Bus, unit: string, type: string, name: string): Promise<unknown> {
  const path = await loadUnit(bus, unit);
  const iface = `${destination}.${type}`;
  const [value] = await bus.call({
    ...properties,
    path,
    member: 'Get',
    signature: 'ss',
    body: [iface, name],
  });
  return (value as { value: unknown }).value;
}

const onUnit = (bus: Bus, member: string, unit: string): Promise<unknown[]> =>
  bus.call({ ...manager, member, signature: 'ss', body: [unit, 'replace'] });

/** Each of these queues a job and returns its object path; the result shows in the unit's state. */
export const startUnit = async (bus: Bus, unit: string): Promise<string> =>
  String((await onUnit(bus, 'StartUnit', unit))[0]);
export const stopUnit = async (bus: Bus, unit: string): Promise<string> =>
  String((await onUnit(bus, 'StopUnit', unit))[0]);
export const restartUnit = async (bus: Bus, unit: string): Promise<string> =>
  String((await onUnit(bus, 'RestartUnit', unit))[0]);
export const reloadUnit = async (bus: Bus, unit: string): Promise<string> =>
  String((await onUnit(bus, 'ReloadUnit', unit))[0]);

/** Sends a signal to the main process of a unit. Throws BusError, also when it has none. */
export const signalMain = (bus: Bus, unit: string, signal: number): Promise<unknown> =>
  bus.call({ ...manager, member: 'KillUnit', signature: 'ssi', body: [unit, 'main', signal] });

/** Resets a failed unit; one that is no longer loaded needs no reset. */
export async function resetFailed(bus: Bus, unit: string): Promise<void> {
  try {
    await bus.call({ ...manager, member: 'ResetFailedUnit', signature: 's', body: [unit] });
  } catch (error) {
    if (!(error instanceof BusError && error.type === `${destination}.NoSuchUnit`)) throw error;
  }
}

/** Reloads unit files; takes about 0.1 s, longer with many units. */
export const daemonReload = (bus: Bus): Promise<unknown> =>
  bus.call({ ...manager, member: 'Reload', deadline: 60_000 });

/**
 * Calls `changed` with the object path of each unit that changes, and with null on a reload. Watches only the properties
 * that all units have: they change with every state, and the others would double the signals, ten times as long.
 */
export async function watchUnits(bus: Bus, changed: (path: string | null) => void): Promise<void> {
  const unit = `type='signal',sender='${destination}',interface='${properties.interface}',path_namespace='${manager.path}/unit'`;
  await bus.onSignal(`${unit},arg0='${destination}.Unit'`, signal => {
    if (signal.path.startsWith(`${manager.path}/unit/`)) changed(signal.path);
    else if (signal.interface === manager.interface && signal.member === 'Reloading') changed(null);
  });
  await bus.onSignal(`${MANAGER},member='Reloading'`, () => {});
  await bus.call({ ...manager, member: 'Subscribe' });
}
