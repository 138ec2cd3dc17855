import { own } from '../base/own.ts';
import { readJson } from '../host/files/files.ts';
import { noSuchPool } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import { parseMemory } from '../plan/state/memory.ts';
import { eventsOf } from '../plan/state/tiers.ts';
import type { Status, Why } from '../plan/status/report.ts';
import { readDecisions } from '../scale/decision.ts';
import { Failure } from './failure.ts';

/**
 * Why a pool has as many instances as it has, from the files that the controller keeps for its own restarts: for users who
 * may not call it. Of decisions that only repeat the one before, the first is there.
 */
export async function whyFromFiles(pool: string, { pools }: Status): Promise<Why> {
  const found = pools.find(({ name }) => name === pool);
  if (!found)
    throw new Failure(
      noSuchPool(
        pool,
        pools.map(({ name }) => name),
      ),
    );
  const memory = parseMemory(await readJson(paths.memory));
  const decisions = own(readDecisions(await readJson(paths.decisions)) ?? {}, pool) ?? [];
  const events = memory ? eventsOf(memory, pool) : [];
  return { version: 1, pool, desired: found.desired, decision: decisions.at(-1) ?? null, decisions, events };
}
