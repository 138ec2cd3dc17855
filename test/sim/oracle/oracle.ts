import type { InstalledPool } from '../../../src/model/installed.ts';
import { WAKE_SLOT } from '../../../src/model/names.ts';
import { maySleep } from '../../../src/model/traits.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { World } from '../../../src/plan/world.ts';
import { judgePublish } from './judge-publish.ts';
import { judgeStart } from './judge-start.ts';
import { judgeRestart, judgeStop } from './judge-stop.ts';
import { Knowledge, type Truth } from './knowledge.ts';

/** The longest time between two passes, ms. */
const MAX_PAUSE_MS = 2_000;

/** What the controller decided, beside the actions themselves. */
interface Decided {
  actions: readonly Action[];
  wakeAt: number;
  wakeTargets: Record<string, string | null>;
}

/**
 * Judges each step of the controller by what must hold whatever fails. It goes by what it saw itself: it shares nothing with the planner
 * but the shape of what goes in and what comes out.
 */
export class Oracle {
  readonly known: Knowledge;
  #isFirst = true;
  #revisions = new Map<string, number>();

  constructor(truth: Truth) {
    this.known = new Knowledge(truth);
  }

  /** The controller begins without a memory. */
  forgot(): void {
    const { lives, orders, starts, publishes, wereUp } = this.known;
    lives.forget();
    orders.forget();
    starts.forget();
    publishes.forget();
    wereUp.clear();
    this.#isFirst = true;
  }

  /** Allows more starts of a pool, or of all: somebody outside of the controller causes them. */
  credit(pool: string | undefined, starts: number): void {
    this.known.starts.credit(pool, starts);
  }

  /** A pass observed this. */
  observed(world: World, installed: readonly InstalledPool[]): void {
    const { known } = this;
    Object.assign(known, { world, installed });
    known.orders.keepOnly(installed);
    known.lives.observe(world, installed, known.now, this.#isFirst);
    for (const [unit, state] of world.needs) if (state === 'up') known.wereUp.add(unit);
    for (const one of installed) this.#notePool(one);
  }

  #notePool({ pool, revision }: InstalledPool): void {
    const { lives, starts, recycled } = this.known;
    if (Object.values(pool.recycling).some(limit => limit !== null)) recycled.add(pool.name);
    if (lives.of(pool).some(life => life.isHealthy)) starts.succeeded(pool.name);
    this.#noteRevision(pool.name, revision);
  }

  /** A new revision is tried at once. */
  #noteRevision(name: string, revision: number): void {
    if (this.#revisions.get(name) === revision) return;
    this.#revisions.set(name, revision);
    this.credit(name, this.#allowanceOf(name));
  }

  #allowanceOf(name: string): number {
    return 2 * (this.known.pool(name)?.pool.slots.length ?? 0);
  }

  /** These commands were saved, and answered. */
  accepted(commands: World['commands']): void {
    for (const command of commands) {
      this.known.orders.accept(command, this.known.now);
      this.credit(command.pool, this.#allowanceOf(command.pool));
    }
  }

  /** A pass decided this, and carries it out next. */
  decided({ actions, wakeAt, wakeTargets }: Decided): void {
    const { known } = this;
    this.#isFirst = false;
    known.actions = actions;
    if (!(wakeAt <= known.now + MAX_PAUSE_MS)) throw new Error(`wakes after ${wakeAt - known.now} ms`);
    for (const [name, target] of Object.entries(wakeTargets)) this.#judgeTarget(name, target);
  }

  #judgeTarget(name: string, target: string | null): void {
    const pool = this.known.pool(name)?.pool;
    const well = pool ? this.known.lives.of(pool).filter(life => life.isHealthy) : [];
    if (target === null) return;
    if (!well.some(({ unit }) => target.endsWith(`${unit.slot}`) || target.includes(`/${unit.slot}`)))
      throw new Error(`wakes ${name} at ${target}, where nobody is well`);
  }

  /** Throws if an action is not allowed. */
  judge(action: Action): void {
    const { known } = this;
    if (action.kind === 'publish') judgePublish(known, action);
    else if (action.kind === 'stop') judgeStop(known, action);
    else if (action.kind === 'restart') judgeRestart(known, action);
    else if (action.kind === 'start') judgeStart(known, action);
    else if (action.kind === 'openWakeSocket') this.#judgeWakeSocket(action.pool, true);
    else if (action.kind === 'closeWakeSocket') this.#judgeWakeSocket(action.pool, false);
  }

  #judgeWakeSocket(name: string, isOpened: boolean): void {
    const pool = this.known.pool(name)?.pool;
    if (isOpened && !(pool && maySleep(pool))) throw new Error(`opens the wake socket of ${name}`);
    if (!isOpened && this.known.truth.fake.nginx.maySendTo(name, WAKE_SLOT))
      throw new Error(`closes the wake socket of ${name}, which nginx sends to`);
  }
}
