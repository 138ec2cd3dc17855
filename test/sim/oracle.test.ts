import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Action } from '../../src/plan/action.ts';
import type { World } from '../../src/plan/world.ts';
import { FakeWorld, installed, pool } from '../plan/fake-world.ts';
import { scale } from '../plan/pools.ts';
import { ACTS_PER_RUN, ALL, actsOf } from './acts/acts.ts';
import { Load } from './load.ts';
import { calledFor } from './oracle/demand.ts';
import { Oracle } from './oracle/oracle.ts';
import { Starts } from './oracle/starts.ts';
import { Random } from './random.ts';
import { Surroundings } from './surroundings.ts';

const test = suite('oracle of the simulation');

/** A pool of two to four, whose controller begins with a memory of nothing. */
class Given {
  readonly fake = new FakeWorld();
  readonly surroundings = new Surroundings();
  readonly oracle = new Oracle({
    fake: this.fake,
    load: new Load(this.fake),
    surroundings: this.surroundings,
  });
  readonly installed = installed(pool());
  #generation = 1;

  /** A pass that sees the fake world, after commands. */
  pass(commands: World['commands'] = []): this {
    const { units } = this.fake.world();
    this.fake.probe(
      units.map(({ slot, invocation }) => ({ pool: pool(), slot, invocation, pace: 'steady' })),
    );
    this.oracle.observed(this.fake.world(), this.installed.pools);
    this.oracle.accepted(commands);
    this.oracle.decided({ actions: [], wakeAt: this.fake.now, wakeTargets: {} });
    return this;
  }

  /** Instances run on these slots, and answered so many probes. */
  running(slots: readonly number[], probes: number): this {
    for (const slot of slots) this.fake.start('search', slot);
    this.fake.advance(1_000);
    for (let i = 0; i < probes; i++) this.pass();
    return this;
  }

  /** nginx sends to these. */
  published(slots: readonly number[]): this {
    this.judge(this.publish(slots));
    this.fake.do(this.publish(slots));
    this.fake.advance(1_000);
    return this.pass();
  }

  publish(slots: readonly number[]): Action {
    const live = { search: [...slots] };
    return { kind: 'publish', generation: ++this.#generation, live, weights: {}, reason: '' };
  }

  judge(...actions: Action[]): void {
    this.oracle.decided({ actions, wakeAt: this.fake.now, wakeTargets: {} });
    for (const action of actions) this.oracle.judge(action);
  }
}

const of = (kind: 'start' | 'restart' | 'stop', slot: number): Action => {
  const where = { pool: 'search', slot, reason: '' };
  return kind === 'stop' ? { kind, ...where, held: false } : { kind, ...where };
};

const settled = (): Given => new Given().running([8000, 8001], 2).published([8000, 8001]);

/** What is done, and the objection to it; null: there is none. */
const CASES: [string, () => { given: Given; actions: Action[] }, RegExp | null][] = [
  [
    'publishes what answered Rise= probes',
    () => {
      const given = new Given().running([8000], 2);
      return { given, actions: [given.publish([8000])] };
    },
    null,
  ],
  [
    'publishes what answered one probe less',
    () => {
      const given = new Given().running([8000], 1);
      return { given, actions: [given.publish([8000])] };
    },
    /publishes search@8000, which was not seen healthy/,
  ],
  [
    'takes a healthy instance that is needed',
    () => {
      const given = settled();
      return { given, actions: [given.publish([8000])] };
    },
    /takes healthy 8001 from search: 1 of 2 stay/,
  ],
  [
    'stops what nginx sends to',
    () => ({ given: settled(), actions: [of('stop', 8000)] }),
    /stops search@8000, which nginx sends to/,
  ],
  [
    'restarts what is well',
    () => ({ given: settled(), actions: [of('restart', 8000)] }),
    /restarts search@8000, which may be at work/,
  ],
  ['starts up to Max=', () => ({ given: settled(), actions: [of('start', 8002), of('start', 8003)] }), null],
  [
    'starts more than Max=',
    () => ({ given: settled(), actions: [of('start', 8002), of('start', 8003), of('start', 8004)] }),
    /5 instances of search, at most 4/,
  ],
  [
    'starts more than cgipool scale allows',
    () => ({
      given: settled().pass([{ kind: 'scale', pool: 'search', range: { min: 2, max: 2 } }]),
      actions: [of('start', 8002)],
    }),
    /3 instances of search, at most 2/,
  ],
  [
    'starts a successor after cgipool restart',
    () => {
      const given = settled().pass([{ kind: 'scale', pool: 'search', range: { min: 2, max: 2 } }]);
      return { given: given.pass([{ kind: 'restart', pool: 'search' }]), actions: [of('start', 8002)] };
    },
    null,
  ],
  [
    'starts an instance of a pool that is stopped',
    () => ({ given: settled().pass([{ kind: 'stop', pool: 'search' }]), actions: [of('start', 8002)] }),
    /starts search@8002 of a pool that is stopped/,
  ],
  [
    'starts an instance on a port that another program has',
    () => {
      const given = settled();
      given.fake.strangers.add(8002);
      return { given: given.pass(), actions: [of('start', 8002)] };
    },
    /starts search@8002 on a port that is taken/,
  ],
];

for (const [what, make, objection] of CASES)
  test(`${objection === null ? 'it does not object to' : 'it objects to'} a controller that ${what}`, () => {
    const { given, actions } = make();
    if (objection === null) given.judge(...actions);
    else assert.throws(() => given.judge(...actions), objection);
  });

/** How many starts at once a pool of three slots may have. */
function startsUntilTooMany(starts: Starts): number {
  for (let count = 0; ; count++)
    try {
      starts.count('search', 3, 0);
    } catch {
      return count;
    }
}

test('a pool may have starts for its slots and eight more at once, and after a loss of the memory again', () => {
  const starts = new Starts();
  assert.equal(startsUntilTooMany(starts), 11);
  assert.equal(startsUntilTooMany(starts), 0);
  starts.forget();
  assert.equal(startsUntilTooMany(starts), 11);
});

/** When a pool that fails starts an instance, by its waits; s. */
const failing = (wait: (count: number) => number): number[] => {
  const at = [0];
  while ((at.at(-1) ?? 0) < 600) at.push((at.at(-1) ?? 0) + wait(at.length));
  return at;
};

test('the starts of a pool that fails have to become rarer', () => {
  const check = (wait: (count: number) => number) => (): void => {
    const starts = new Starts();
    for (const at of failing(wait)) starts.count('search', 3, at * 1_000);
  };
  check(count => 2 ** count)();
  assert.throws(
    check(() => 12),
    /without success/,
  );
});

test('what a load calls for leaves a tenth open on both sides of the target', () => {
  const cpu = pool({ scale: scale({ cpu: 0.5 }) });
  assert.deepEqual(calledFor(cpu, 0), { min: 0, max: 0 });
  assert.deepEqual(calledFor(cpu, 1.2), { min: 3, max: 3 });
  assert.deepEqual(calledFor(cpu, 5), { min: 10, max: 11 });
  assert.deepEqual(calledFor(pool({ scale: scale({ spare: 2 }) }), 3), { min: 5, max: 5 });
  const latency = { quantile: 0.95, target: 50 };
  assert.deepEqual(calledFor(pool({ scale: scale({ latency }) }), 100), { min: 2, max: 4 });
});

test('a dozen runs play every act', () => {
  const played = new Set<string>();
  const runs = Math.ceil(ALL.length / ACTS_PER_RUN) + 1;
  assert.ok(runs <= 12, `${runs} runs`);
  for (let seed = 1; seed <= runs; seed++)
    for (const { act } of actsOf(seed, new Random(seed))) played.add(act.name);
  assert.deepEqual(
    ALL.map(({ name }) => name).filter(name => !played.has(name)),
    [],
  );
});

test.run();
