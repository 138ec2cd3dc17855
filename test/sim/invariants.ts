import type { Action } from '../../src/plan/action.ts';
import { desired } from '../../src/plan/desired.ts';
import { type Look, members, openLook } from '../../src/plan/look.ts';
import type { Memory } from '../../src/plan/memory.ts';
import { sightOf } from '../../src/plan/sight.ts';
import { attainable, isIdle, spareSlots } from '../../src/plan/slots.ts';
import { isStale } from '../../src/plan/stale.ts';
import type { ProbeOutcome, World } from '../../src/plan/world.ts';
import type { InstalledPool } from '../../src/pool/installed.ts';
import { DOORBELL } from '../../src/pool/names.ts';
import type { FakeWorld } from '../plan/fake-world.ts';

/** How long a stuck instance may keep nginx's traffic when nginx cannot be told, ms: plan/drain.ts. */
const STUCK_PATIENCE = 5_000;
/** Starts of one pool that may come at once beyond its slots, and how long one more takes to be allowed, ms. */
const BURST = 8;
const REFILL = 10_000;

/** Starts that a pool may still have; `size`: and at once, when it was at rest. */
interface Bucket {
  tokens: number;
  at: number;
  size: number;
}

/** What must hold at every action, whatever goes wrong around it. */
export class Invariants {
  /** Lives that answered Rise= probes in a row, or that a controller without memory found behind nginx. */
  #proven = new Set<string>();
  #oks = new Map<string, number>();
  #buckets = new Map<string, Bucket>();

  constructor(readonly fake: FakeWorld) {}

  /** Somebody did what calls for starts of a pool, or of all. */
  credit(pool: string | undefined, starts: number): void {
    for (const [name, bucket] of this.#buckets)
      if (pool === undefined || name === pool) bucket.tokens += starts;
  }

  /** The controller lost its memory: nothing is left of the waits, so every pool is as one at rest. */
  forget(): void {
    for (const bucket of this.#buckets.values()) bucket.tokens = Math.max(bucket.tokens, bucket.size);
  }

  hear(outcomes: readonly ProbeOutcome[], rise: number): void {
    for (const { invocation, ok, detail } of outcomes) {
      // late, but at work: neither a success nor a failure
      if (detail === 'overloaded') continue;
      const oks = ok ? (this.#oks.get(invocation) ?? 0) + 1 : 0;
      this.#oks.set(invocation, oks);
      if (oks >= rise) this.#proven.add(invocation);
    }
  }

  adopt(world: World): void {
    for (const unit of world.units)
      if (world.published?.live[unit.pool]?.includes(unit.slot)) this.#proven.add(unit.invocation);
  }

  /** Throws when an action may not be taken. */
  judge(action: Action, pools: readonly InstalledPool[], world: World, memory: Memory): void {
    const look = (name: string): Look | null => lookAt(name, pools, world, memory, this.fake.now);
    if (action.kind === 'publish') {
      for (const [name, slots] of Object.entries(action.live)) this.#published(look(name), slots);
    } else if (action.kind === 'stop') this.#stopped(look(action.pool), action.pool, action.slot);
    else if (action.kind === 'restart') this.#restarted(look(action.pool), action.slot);
    else if (action.kind === 'start') this.#started(look(action.pool), action.slot);
  }

  #published(look: Look | null, slots: readonly number[]): void {
    if (!look) return;
    for (const slot of slots.filter(s => s !== DOORBELL)) {
      const life = look.memory.instances[slot]?.invocation ?? '';
      // whoever is being restarted may stay for a moment where few others are left
      const well = slots.filter(other => isWell(look, other)).length;
      const stays = look.live.has(slot) && 2 * well <= desired(look);
      if (!this.#proven.has(life) && !stays)
        throw new Error(`publishes ${look.pool.name}@${slot}, never seen healthy`);
    }
    if (look.memory.stopped) return;
    const gone = [...look.live].filter(slot => !slots.includes(slot) && isWell(look, slot));
    const least = attainable(look) - (spareSlots(look).length === 0 ? 1 : 0);
    if (gone.length > 0 && slots.length < least)
      throw new Error(`takes healthy ${gone} from ${look.pool.name}: ${slots.length} of ${least} stay`);
  }

  #stopped(look: Look | null, pool: string, slot: number): void {
    // a socket without an instance: nginx passes over a closed one
    if (look && isIdle(look.units.get(slot))) return;
    const drain = look?.memory.instances[slot]?.drain;
    const stuck =
      (drain?.kind === 'hung' || drain?.kind === 'slow') && this.fake.now >= drain.since + STUCK_PATIENCE;
    if (this.fake.nginx.maySendTo(pool, slot) && !stuck)
      throw new Error(`stops ${pool}@${slot}, which nginx sends to`);
  }

  #restarted(look: Look | null, slot: number): void {
    if (look?.memory.instances[slot]?.phase !== 'restarting' || look.samples.get(slot)?.oldest !== null)
      throw new Error(`restarts ${look?.pool.name}@${slot}, which may be at work`);
  }

  #started(look: Look | null, slot: number): void {
    if (!look) throw new Error('starts an instance of a pool that is not installed');
    const { name } = look.pool;
    if (look.world.listening.has(slot) && !look.units.get(slot)?.held)
      throw new Error(`starts ${name}@${slot} on a port that is taken`);
    const isRolling = members(look).some(m => isStale(look, m));
    const most = desired(look) + (isRolling ? look.pool.rollout.surge : 0);
    const fresh = Object.values(look.memory.instances).filter(m => !m.drain && m.invocation === '').length;
    const there = members(look).filter(m => m.memory.invocation !== '').length + fresh;
    if (there > most) throw new Error(`${there} instances of ${name}, at most ${most}`);
    this.countStart(name, look.pool.slots.length);
  }

  /** Throws when a pool of so many slots starts too often. */
  countStart(pool: string, slots: number): void {
    const { now } = this.fake;
    const size = slots + BURST;
    const { tokens, at } = this.#buckets.get(pool) ?? { tokens: size, at: now };
    const left = Math.min(Math.max(size, tokens), tokens + (now - at) / REFILL) - 1;
    this.#buckets.set(pool, { tokens: left, at: now, size });
    if (left < 0) throw new Error(`starts ${pool} too often`);
  }
}

/** For all that the planner knows. */
const isWell = ({ units, memory }: Look, slot: number): boolean =>
  units.get(slot)?.active === 'active' && memory.instances[slot]?.phase === 'healthy';

/** What the planner saw of a pool when it decided. */
function lookAt(
  name: string,
  pools: readonly InstalledPool[],
  world: World,
  memory: Memory,
  now: number,
): Look | null {
  const installed = pools.find(p => p.pool.name === name);
  const known = memory.pools[name];
  if (!installed || !known) return null;
  return openLook({ installed, standby: false, key: name }, known, sightOf(world), now);
}
