import { err, ok, type Result } from '../base/result.ts';
import { isObject } from '../base/schema.ts';
import { type Limits, readForeign } from '../host/files/foreign.ts';
import { type Installed, servable } from '../model/installed.ts';
import { paths } from '../model/paths.ts';
import type { Live, Routing, Weights } from '../model/routing.ts';
import { reachable } from '../model/traits.ts';

/** 300 pools of 1,000 slots fit; a larger file is not our controller's. */
const LIMITS: Limits = { maxBytes: 4 * 1024 * 1024, longer: 'is refused', links: 'are refused' };

/** Generations increase with the time, ms, or by one. A far greater one would block all later requests. */
const MAX_AHEAD = 60_000;

export interface PublishRequest extends Routing {
  generation: number;
}

const isSlots = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isInteger);

/** The valid requested weights of live slots. */
function weightsFor(live: Live, asked: unknown): Weights {
  const taken: Weights = {};
  for (const [pool, slots] of Object.entries(live)) {
    const given = isObject(asked) && Object.hasOwn(asked, pool) ? asked[pool] : {};
    const good = slots.flatMap(slot => {
      const weight: unknown = isObject(given) ? given[String(slot)] : undefined;
      return isWeight(weight) ? [[slot, weight] as const] : [];
    });
    if (good.length > 0) taken[pool] = Object.fromEntries(good);
  }
  return taken;
}

const isWeight = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10;

/**
 * Takes from a request what the installed pools allow: numbers only, so that no text of the controller's reaches nginx.
 * Ignores pools and slots that are not installed: the request may be older than the install.
 */
export function validate(value: unknown, installed: Installed, latest = Date.now()): Result<PublishRequest> {
  const { generation, live, weights } = (value ?? {}) as Partial<Record<keyof PublishRequest, unknown>>;
  if (!Number.isSafeInteger(generation) || typeof live !== 'object' || live === null) return err('malformed');
  if (Number(generation) > latest + MAX_AHEAD) return err('its generation is far ahead of the published one');
  const taken: Live = {};
  for (const pool of installed.pools.map(servable)) {
    const slots: unknown = Object.hasOwn(live, pool.name) ? (live as Record<string, unknown>)[pool.name] : [];
    if (!isSlots(slots)) return err(`the slots of ${pool.name} are not a list of numbers`);
    const own = new Set(slots.filter(slot => reachable(pool).includes(slot)));
    taken[pool.name] = [...own].sort((a, b) => a - b);
  }
  return ok({ generation: generation as number, live: taken, weights: weightsFor(taken, weights) });
}

/** The controller's request, checked; null if there is none since boot. `last`: the last published generation. */
export async function readRequest(
  installed: Installed,
  last: number,
): Promise<Result<PublishRequest | null>> {
  try {
    const found = await readForeign(paths.request, LIMITS);
    if (found === null) return ok(null);
    const checked = validate(JSON.parse(found.text), installed, Math.max(last, Date.now()));
    return checked.ok ? checked : err(`${paths.request} was refused: ${checked.error}`);
  } catch (error) {
    return err(`${paths.request} was refused: ${(error as Error).message}`);
  }
}
