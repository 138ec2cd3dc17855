import { readInstalled } from '../../install/installed-store.ts';
import { Machine } from '../../install/machine.ts';
import type { Installed } from '../../model/installed.ts';
import type { Pool } from '../../model/pool.ts';
import type { Status } from '../../plan/status/report.ts';
import { rolloutBound } from './bound.ts';
import type { Effect } from './effect.ts';
import { report, serves, servesUnpublished } from './verdict.ts';
import { failureOf, watch } from './watch.ts';

/** What an install did, and how the machine was before it. */
export interface Installation {
  effects: readonly Effect[];
  /** Null: no controller ran. */
  before: Status | null;
  /** Whether nginx took its new configuration. */
  isNginxUpdated: boolean;
}

/** Where no pool changed, those in which old instances still serve in place of what is installed. */
const unfinished = (before: Status | null): string[] =>
  before?.pools
    .filter(({ rollout, instances }) => rollout !== 'complete' && instances.some(({ outdated }) => outdated))
    .map(({ name }) => name) ?? [];

/** By pool that is awaited, for how long at most, ms. */
function boundsOf({ effects, before }: Installation, { pools }: Installed): Map<string, number> {
  const awaited = effects.length > 0 ? effects.map(({ name }) => name) : unfinished(before);
  const found = pools.filter(({ pool }) => awaited.includes(pool.name));
  const counts = new Map(effects.map(({ name, instances }) => [name, instances]));
  // where it is not known what runs: all may
  const countOf = ({ name, slots }: Pool): { replaced: number; started: number } =>
    counts.get(name) ?? { replaced: slots.length, started: 0 };
  const all = found.map(({ pool }) => countOf(pool));
  const atOnce = all.reduce((sum, { replaced, started }) => sum + replaced + started, 0);
  return new Map(found.map(({ pool }) => [pool.name, rolloutBound(pool, countOf(pool).replaced, atOnce)]));
}

/** The other pools: how they are is not this install's doing. */
function printOthers({ pools }: Status, awaited: ReadonlyMap<string, unknown>): void {
  for (const pool of pools) if (!awaited.has(pool.name)) console.log(report(pool).join('\n'));
}

/** Waits until what an install changed has come up. Returns why something has not, or null. Throws Failure without a controller. */
export async function awaitInstall(done: Installation): Promise<string | null> {
  const record = await readInstalled(new Machine());
  if (!record) return null;
  const goal = done.isNginxUpdated ? serves : servesUnpublished;
  const bounds = boundsOf(done, record);
  const { status, endings } = await watch({ goal, bounds, installedAt: new Date(record.at).toISOString() });
  printOthers(status, bounds);
  const wasDown = (name: string): boolean =>
    done.before?.pools.some(pool => pool.name === name && pool.state === 'down') ?? false;
  return failureOf(endings, name => `did not come up${wasDown(name) ? ', as before this install' : ''}`);
}
