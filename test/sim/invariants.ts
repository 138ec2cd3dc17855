import type { InstalledPool } from '../../src/model/installed.ts';
import { WAKE_SLOT } from '../../src/model/names.ts';
import type { ProbeOutcome } from '../../src/model/observed.ts';
import type { Action } from '../../src/plan/action.ts';
import type { Memory } from '../../src/plan/state/memory.ts';
import { desired } from '../../src/plan/view/desired.ts';
import { members } from '../../src/plan/view/members.ts';
import { beginPass, type Pass } from '../../src/plan/view/pass.ts';
import { attainable, isVacant, spareSlots } from '../../src/plan/view/slots.ts';
import { isStale } from '../../src/plan/view/stale.ts';
import { indexWorld } from '../../src/plan/view/world-index.ts';
import type { World } from '../../src/plan/world.ts';
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

  countProbes(outcomes: readonly ProbeOutcome[], rise: number): void {
    for (const { invocation, ok, detail } of outcomes) {
      // late, but at work: neither a success nor a failure
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

  /** Throws when an action may not be taken. */
  judge(action: Action, pools: readonly InstalledPool[], world: World, memory: Memory): void {
    const pass = (name: string): Pass | null => lookAt(name, pools, world, memory, this.fake.now);
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
      // whoever is being restarted may stay for a moment where few others are left
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
    // a socket without an instance: nginx passes over a closed one
    if (pass && isVacant(pass.units.get(slot))) return;
    const drain = pass?.memory.instances[slot]?.drain;
    const stuck =
      (drain?.kind === 'hung' || drain?.kind === 'slow') && this.fake.now >= drain.since + STUCK_PATIENCE;
    if (this.fake.nginx.maySendTo(pool, slot) && !stuck)
      throw new Error(`stops ${pool}@${slot}, which nginx sends to`);
  }

  #restarted(pass: Pass | null, { slot, reason }: { slot: number; reason: string }): void {
    const sample = pass?.samples.get(slot);
    // one that systemd holds the socket of is replaced in its place: drained, or at the end of its time
    const isDrained = reason.includes('nothing is in flight');
    const isReplaced = reason.startsWith('no slot is free') && pass?.units.get(slot)?.held === true;
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
const isWell = ({ units, memory }: Pass, slot: number): boolean =>
  units.get(slot)?.active === 'active' && memory.instances[slot]?.phase === 'healthy';

/** What the planner saw of a pool when it decided. */
function lookAt(
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
