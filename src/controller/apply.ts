import type { Bus } from '../host/bus.ts';
import { writeFileAtomic } from '../host/files.ts';
import { PUBLISH_UNIT, paths } from '../host/paths.ts';
import { resetFailed, startUnit, stopUnit } from '../host/systemd.ts';
import type { Action, ActionKind } from '../plan/action.ts';
import { unitName } from '../pool/names.ts';
import type { Log } from './log.ts';

type Of<K extends ActionKind> = Extract<Action, { kind: K }>;
type Executors = { [K in ActionKind]: (bus: Bus, action: Of<K>) => Promise<unknown> };

async function publish(bus: Bus, { generation, live }: Of<'publish'>): Promise<void> {
  await writeFileAtomic(paths.request, JSON.stringify({ generation, live }));
  await startUnit(bus, PUBLISH_UNIT);
}

/** A new kind of action without an executor does not compile. */
const executors: Executors = {
  start: (bus, { pool, slot }) => startUnit(bus, unitName(pool, slot)),
  stop: (bus, { pool, slot }) => stopUnit(bus, unitName(pool, slot)),
  resetFailed: (bus, { pool, slot }) => resetFailed(bus, unitName(pool, slot)),
  publish,
};

const describe = (action: Action): string =>
  action.kind === 'publish'
    ? `publish generation ${action.generation}: ${action.reason}`
    : `${action.kind} ${unitName(action.pool, action.slot)}: ${action.reason}`;

async function applyOne(bus: Bus, action: Action, log: Log): Promise<void> {
  log.info(describe(action));
  try {
    await (executors[action.kind] as (bus: Bus, action: Action) => Promise<unknown>)(bus, action);
  } catch (error) {
    log.error(`${describe(action)}: ${(error as Error).message}`);
  }
}

/** Carries out a plan. Actions of one kind run together; a failure is told and the next look tries anew. */
export async function apply(bus: Bus, actions: readonly Action[], log: Log): Promise<void> {
  const kinds = [...new Set(actions.map(action => action.kind))];
  for (const kind of kinds)
    await Promise.all(
      actions.filter(action => action.kind === kind).map(action => applyOne(bus, action, log)),
    );
}
