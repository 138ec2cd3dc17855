import type { InstalledPool } from '../../src/model/installed.ts';
import { WAKE_SLOT } from '../../src/model/names.ts';
import { isVacant, type ProbeOutcome } from '../../src/model/observed.ts';
import type { Action } from '../../src/plan/action.ts';
import type { Memory } from '../../src/plan/state/memory.ts';
import { desired } from '../../src/plan/view/desired.ts';
import { members } from '../../src/plan/view/members.ts';
import { beginPass, type Pass } from '../../src/plan/view/pass.ts';
import { attainable, spareSlots } from '../../src/plan/view/slots.ts';
import { isStale } from '../../src/plan/view/stale.ts';
import { indexWorld } from '../../src/plan/view/world-index.ts';
import type { World } from '../../src/plan/world.ts';
import type { FakeWorld } from '../plan/fake-world.ts';

/** How long a stuck instance may stay published, ms, as in plan/replace/drain.ts. */
const STUCK_TIMEOUT_MS = 5_000;
/** Starts of a pool that are allowed at once in addition to its slots, and the time until one more is, ms. */
const BURST = 8;
const REFILL_MS = 10_000;

/** A token bucket of starts; `size`: when full. */
interface Bucket {
  tokens: number;
  at: number;
  size: number;
}

/** What must hold at every action, whatever fails. */
export class Invariants {
  /** Lives that answered Rise= probes in a row, or that a controller without memory found published. */
  #proven = new Set<string>();
  #oks = new Map<string, number>();
  #buckets = new Map<string, Bucket>();

  constructor(readonly fake: FakeWorld) {}

  /** Allows more starts of a pool, or of all: an administrator's action requires them. */
  credit(pool: string | undefined, starts: number): void {
    for (const [name, bucket] of this.#buckets)
      if (pool === undefined || name === pool) bucket.tokens += starts;
  }

  /** The controller lost its memory and with it all back-off: every pool is as at rest. */
  forget(): void {
    for (const bucket of this.#buckets.values()) bucket.tokens = Math.max(bucket.tokens, bucket.size);
  }

  countProbes(outcomes: readonly ProbeOutcome[], rise: number): void {
    for (const { invocation, ok, detail } of outcomes) {
      // late but at work: neither a success nor a failure
      if (detail === 'overloaded') continue;
      const oks = ok ? (this.#oks.get(invocation) ?? 0) + 1 : 0;
      this.#oks.set(invocation, oks);
      if (oks >= rise) this.#proven.add(invocation);
    }
  }

  adoptPublished(world: World): void {
    for (const unit of world.units)
      if (world.published?.live[unit.pool]?.includes(unit.slot)) this.#proven.add(unit.invocation);
  }

  /** Throws if an action is not allowed. */
  judge(action: Action, pools: readonly InstalledPool[], world: World, memory: Memory): void {
    const pass = (name: string): Pass | null => passOver(name, pools, world, memory, this.fake.now);
    if (action.kind === 'publish') {
      for (const [name, slots] of Object.entries(action.live)) this.#published(pass(name), slots);
    } else if (action.kind === 'stop') this.#stopped(pass(action.pool), action.pool, action.slot);
    else if (action.kind === 'restart') this.#restarted(pass(action.pool), action);
    else if (action.kind === 'start') this.#started(pass(action.pool), action.slot);
  }

  #published(pass: Pass | null, slots: readonly number[]): void {
    if (!pass) return;
    for (const slot of slots.filter(s => s !== WAKE_SLOT)) {
      const life = pass.memory.instances[slot]?.invocation ?? '';
      // a restarting instance may stay published for a moment if few others are left
      const well = slots.filter(other => isWell(pass, other)).length;
      const stays = pass.live.has(slot) && 2 * well <= desired(pass);
      if (!this.#proven.has(life) && !stays)
        throw new Error(`publishes ${pass.pool.name}@${slot}, never seen healthy`);
    }
    if (pass.memory.stopped) return;
    const gone = [...pass.live].filter(slot => !slots.includes(slot) && isWell(pass, slot));
    const least = attainable(pass) - (spareSlots(pass).length === 0 ? 1 : 0);
    if (gone.length > 0 && slots.length < least)
      throw new Error(`takes healthy ${gone} from ${pass.pool.name}: ${slots.length} of ${least} stay`);
  }

  #stopped(pass: Pass | null, pool: string, slot: number): void {
    // a socket without an instance: nginx skips it once it is closed
    if (pass && isVacant(pass.units.get(slot))) return;
    const drain = pass?.memory.instances[slot]?.drain;
    const stuck =
      (drain?.kind === 'hung' || drain?.kind === 'slow') && this.fake.now >= drain.since + STUCK_TIMEOUT_MS;
    if (this.fake.nginx.maySendTo(pool, slot) && !stuck)
      throw new Error(`stops ${pool}@${slot}, which nginx sends to`);
  }

  #restarted(pass: Pass | null, { slot, reason }: { slot: number; reason: string }): void {
    const sample = pass?.samples.get(slot);
    // one that systemd holds the socket of is replaced in its place: drained, or at the end of its time
    const isDrained = reason.includes('no requests in flight');
    const isReplaced =
      reason.startsWith('its successor needs its slot') && pass?.units.get(slot)?.held === true;
    const isIdle = isReplaced ? !isDrained || sample?.open === 0 : sample?.oldest === null;
    if (pass?.memory.instances[slot]?.phase !== 'restarting' || !isIdle)
      throw new Error(`restarts ${pass?.pool.name}@${slot}, which may be at work`);
  }

  #started(pass: Pass | null, slot: number): void {
    if (!pass) throw new Error('starts an instance of a pool that is not installed');
    const { name } = pass.pool;
    if (pass.world.listening.has(slot) && !pass.units.get(slot)?.held)
      throw new Error(`starts ${name}@${slot} on a port that is taken`);
    const isRolling = members(pass).some(m => isStale(pass, m));
    const most = desired(pass) + (isRolling ? pass.pool.rollout.surge : 0);
    const fresh = Object.values(pass.memory.instances).filter(m => !m.drain && m.invocation === '').length;
    const there = members(pass).filter(m => m.memory.invocation !== '').length + fresh;
    if (there > most) throw new Error(`${there} instances of ${name}, at most ${most}`);
    this.countStart(name, pass.pool.slots.length);
  }

  /** Counts a start of a pool with this many slots. Throws if there are too many. */
  countStart(pool: string, slots: number): void {
    const { now } = this.fake;
    const size = slots + BURST;
    const { tokens, at } = this.#buckets.get(pool) ?? { tokens: size, at: now };
    const left = Math.min(Math.max(size, tokens), tokens + (now - at) / REFILL_MS) - 1;
    this.#buckets.set(pool, { tokens: left, at: now, size });
    if (left < 0) throw new Error(`starts ${pool} too often`);
  }
}

/** As far as the planner knows. */
const isWell = ({ units, memory }: Pass, slot: number): boolean =>
  units.get(slot)?.active === 'active' && memory.instances[slot]?.phase === 'healthy';

/** The pass over a pool in which the planner decided. */
function passOver(
  name: string,
  pools: readonly InstalledPool[],
  world: World,
  memory: Memory,
  now: number,
): Pass | null {
  const installed = pools.find(p => p.pool.name === name);
  const known = memory.pools[name];
  if (!installed || !known) return null;
  return beginPass({ installed, backup: false, key: name }, known, {
    index: indexWorld(world),
    hasHistory: true,
    now,
  });
}
