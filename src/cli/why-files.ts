import { own } from '../base/own.ts';
import { epochOfClock } from '../host/clock.ts';
import { parseJson } from '../host/files/files.ts';
import { type Limits, readForeign } from '../host/files/foreign.ts';
import { noSuchPool } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import { parseMemory } from '../plan/state/memory.ts';
import { eventsOf } from '../plan/state/tiers.ts';
import type { Status, Why } from '../plan/status/report.ts';
import { readDecisions } from '../scale/decision.ts';
import { Failure } from './failure.ts';

/** The controller's files, for a user who must not be held up by them. A thousand instances fit many times. */
const LIMITS: Limits = {
  maxBytes: 64 * 1024 * 1024,
  longer: 'is refused',
  links: 'are refused',
};

/** The text of a file that the controller keeps; null when there is none. Throws Failure. */
export async function readState(path: string): Promise<string | null> {
  const found = await readForeign(path, LIMITS).catch((error: Error) => {
    throw new Failure(`${path}: ${error.message}; see systemctl status cgipool.service`);
  });
  return found?.text ?? null;
}

const readStateJson = async (path: string): Promise<unknown> => parseJson((await readState(path)) ?? 'null');

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
  const epoch = epochOfClock();
  const memory = parseMemory(await readStateJson(paths.memory), epoch);
  const decisions = own(readDecisions(await readStateJson(paths.decisions)) ?? {}, pool) ?? [];
  const events = memory ? eventsOf(memory, pool, epoch) : [];
  return { version: 1, pool, desired: found.desired, decision: decisions.at(-1) ?? null, decisions, events };
}
