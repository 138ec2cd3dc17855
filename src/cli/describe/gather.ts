import { join } from 'node:path';
import { Bus } from '../../host/systemd/bus.ts';
import { type ServiceSettings, serviceSettings, sliceLimits } from '../../host/systemd/settings.ts';
import { listUnits } from '../../host/systemd/systemd.ts';
import {
  endpoint,
  parseUnitName,
  poolFileOf,
  sliceName,
  socketName,
  templateName,
  unitName,
} from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import type { PoolStatus } from '../../plan/status/report.ts';
import { formatSlots } from '../../pool-file/values/slots.ts';
import { askStatus } from '../client.ts';
import { environmentOf } from './environment.ts';
import { readEnvironmentFiles } from './files.ts';
import { environmentOfProcess } from './process.ts';
import type { PoolDescription } from './report.ts';
import { withoutPasswords } from './secrets.ts';

/** The slots of the instances that run, also while no controller knows them. */
async function runningOf(bus: Bus, pool: Pool): Promise<number[]> {
  const rows = await listUnits(bus, [`cgipool-${pool.name}@*.service`]);
  return rows
    .filter(({ active }) => active === 'active')
    .flatMap(({ name }) => parseUnitName(name)?.slot ?? []);
}

/** The slot of an instance that runs, a healthy one before others, or the first one of the pool. */
function slotOf(pool: Pool, status: PoolStatus | null, running: readonly number[]): number {
  const isGood = (slot: number): boolean =>
    status?.instances.some(one => one.slot === slot && one.state === 'healthy' && !one.stale) ?? false;
  return running.find(isGood) ?? running[0] ?? pool.slots[0] ?? 0;
}

/** What a pool file says of a pool, and the controller. */
function ofPool(pool: Pool, status: PoolStatus | null, slot: number) {
  const instances = status?.instances ?? [];
  return {
    pool: pool.name,
    description: pool.description,
    file: join(paths.pools, poolFileOf(pool.name)),
    protocol: pool.protocol,
    location: pool.nginx.location,
    stream: pool.nginx.stream,
    state: status?.state ?? null,
    min: status?.min ?? pool.min,
    max: status?.max ?? pool.max,
    slots: formatSlots(pool.slots),
    endpoints: instances.length > 0 ? instances.map(one => one.endpoint) : [endpoint(pool, slot)],
    instances,
    units: [
      templateName(pool.name),
      ...(pool.activated ? [socketName(pool.name, slot)] : []),
      sliceName(pool.name),
    ],
    logs: [`cgipool logs ${pool.name} --follow`, `journalctl -u 'cgipool-${pool.name}@*'`],
  };
}

const commandOf = ({ commands }: ServiceSettings, showSecrets: boolean): string[] =>
  (commands[0] ?? []).map(word => (showSecrets ? word : withoutPasswords(word)));

/** Why the environment is not that of a process, if one runs. */
const processNote = ({ pid }: ServiceSettings): string =>
  pid === 0
    ? 'no instance runs: this is what systemd would give the first one, beside variables of its own such as PATH'
    : `the environment of process ${pid} cannot be read${process.getuid?.() === 0 ? ', or its program has overwritten it' : ' by this user (sudo can)'}: this is what systemd has been told to give it, beside variables of its own such as PATH`;

/** What systemd gives the workers. */
async function ofUnit(bus: Bus, pool: Pool, unit: string, showSecrets: boolean) {
  const settings = await serviceSettings(bus, unit);
  const { files, notes } = await readEnvironmentFiles(settings.environmentFiles);
  const own = await environmentOfProcess(settings);
  return {
    unit,
    process: own ? settings.pid : null,
    command: commandOf(settings, showSecrets),
    user: settings.user || 'root',
    dynamicUser: settings.isDynamicUser,
    environment: environmentOf(settings, files, own, showSecrets),
    credentials: [...new Set(settings.credentials)],
    limits: settings.limits,
    poolLimits: await sliceLimits(bus, sliceName(pool.name)),
    notes: own ? [] : [processNote(settings), ...notes],
  };
}

const NO_CONTROLLER = 'the controller does not answer: instances and state are not known';

/** Everything about an installed pool. Throws Failure and BusError. */
export async function gather(pool: Pool, showSecrets: boolean): Promise<PoolDescription> {
  const answer = await askStatus().catch(() => null);
  const status = answer?.pools.find(({ name }) => name === pool.name) ?? null;
  const bus = await Bus.connect();
  try {
    const slot = slotOf(pool, status, await runningOf(bus, pool));
    const unit = await ofUnit(bus, pool, unitName(pool.name, slot), showSecrets);
    const notes = [...(status ? [] : [NO_CONTROLLER]), ...unit.notes];
    return { version: 1, ...ofPool(pool, status, slot), ...unit, notes };
  } finally {
    bus.close();
  }
}
