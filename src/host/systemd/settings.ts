import type { Bus } from './bus.ts';
import { loadUnit } from './systemd.ts';

const destination = 'org.freedesktop.systemd1';
const properties = { destination, interface: 'org.freedesktop.DBus.Properties' };

type Variants = Record<string, { value: unknown }>;

/** systemd's word for "no limit": all bits of 64. */
const INFINITY = 2n ** 64n - 1n;

/** What a service is given, as systemd has read it: with drop-ins, and its specifiers replaced. */
export interface ServiceSettings {
  /** LoadState, such as `loaded` or `not-found`. */
  load: string;
  /** `active`, `inactive` and so on. */
  active: string;
  /** The life that its process belongs to; empty without one. */
  invocation: string;
  /** 0 without a process. */
  pid: number;
  /** The words of each ExecStart=. */
  commands: string[][];
  user: string;
  isDynamicUser: boolean;
  /** `NAME=value` each. */
  environment: string[];
  /** Files of EnvironmentFile=, or patterns of them, in order. */
  environmentFiles: string[];
  /** Names that are handed on from systemd itself. */
  passEnvironment: string[];
  /** Names, or `NAME=value`. */
  unsetEnvironment: string[];
  /** Names of the files in $CREDENTIALS_DIRECTORY. */
  credentials: string[];
  limits: Limits;
}

/** null: no limit. */
export interface Limits {
  /** Bytes. */
  memoryMax: number | null;
  memoryHigh: number | null;
  tasksMax: number | null;
  /** Share of one core: 2 is two cores. */
  cpuQuota: number | null;
  /** Open files of each process; null for a slice, too. */
  openFiles: number | null;
}

const textOf = (all: Variants, key: string): string => String(all[key]?.value ?? '');
const listOf = <T>(all: Variants, key: string): T[] => (all[key]?.value ?? []) as T[];
const firstOf = (all: Variants, ...keys: string[]): string[] =>
  keys.flatMap(key => listOf<[string, unknown]>(all, key).map(([name]) => name));

function limitOf(all: Variants, key: string): number | null {
  const value = all[key]?.value;
  return value === undefined || BigInt(value as bigint) === INFINITY ? null : Number(value);
}

function limitsOf(all: Variants): Limits {
  const perSecond = limitOf(all, 'CPUQuotaPerSecUSec');
  return {
    memoryMax: limitOf(all, 'MemoryMax'),
    memoryHigh: limitOf(all, 'MemoryHigh'),
    tasksMax: limitOf(all, 'TasksMax'),
    cpuQuota: perSecond === null ? null : perSecond / 1_000_000,
    openFiles: limitOf(all, 'LimitNOFILE'),
  };
}

/** Loads a unit, which need not run, and reads its properties of an interface such as `Service`. Throws BusError. */
async function propertiesOf(
  bus: Bus,
  unit: string,
  type: string,
): Promise<[common: Variants, own: Variants]> {
  const path = await loadUnit(bus, unit);
  const read = async (name: string): Promise<Variants> => {
    const body = [`${destination}.${name}`];
    const [all] = await bus.call({ ...properties, path, member: 'GetAll', signature: 's', body });
    return all as Variants;
  };
  return [await read('Unit'), await read(type)];
}

/** What systemd gives a service, running or not. Throws BusError. */
export async function serviceSettings(bus: Bus, unit: string): Promise<ServiceSettings> {
  const [common, own] = await propertiesOf(bus, unit, 'Service');
  return {
    load: textOf(common, 'LoadState'),
    active: textOf(common, 'ActiveState'),
    invocation: Buffer.from(listOf<number>(common, 'InvocationID')).toString('hex'),
    pid: Number(textOf(own, 'MainPID')),
    commands: listOf<[string, string[]]>(own, 'ExecStart').map(([, words]) => words),
    user: textOf(own, 'User'),
    isDynamicUser: own.DynamicUser?.value === true,
    environment: listOf(own, 'Environment'),
    environmentFiles: firstOf(own, 'EnvironmentFiles'),
    passEnvironment: listOf(own, 'PassEnvironment'),
    unsetEnvironment: listOf(own, 'UnsetEnvironment'),
    credentials: firstOf(
      own,
      ...['LoadCredential', 'LoadCredentialEncrypted', 'SetCredential', 'SetCredentialEncrypted'],
    ),
    limits: limitsOf(own),
  };
}

/** The limits of a slice, which hold for all in it together. Throws BusError. */
export async function sliceLimits(bus: Bus, slice: string): Promise<Limits> {
  const [, own] = await propertiesOf(bus, slice, 'Slice');
  return limitsOf(own);
}
