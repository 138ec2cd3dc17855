import { targets } from '../../src/controller/apply/probe-targets.ts';
import { plan } from '../../src/plan/plan.ts';
import { describe } from '../../src/plan/status/status.ts';
import type { World } from '../../src/plan/world.ts';
import { defaultSite } from '../../src/pool-file/site-file.ts';
import { Drive } from '../../test/plan/drive.ts';
import { installed, pool } from '../../test/plan/pools.ts';

/** The cost of one pass. */
export interface PassCost {
  planMs: number;
  allocatedMb: number;
  statusMs: number;
}

/** Runs before measuring, for the JIT compiler. */
const WARM_UP_RUNS = 30;

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function timed(what: () => unknown): { ms: number; mb: number } {
  const heap = process.memoryUsage().heapUsed;
  const began = performance.now();
  what();
  const ms = performance.now() - began;
  return { ms, mb: (process.memoryUsage().heapUsed - heap) / 2 ** 20 };
}

/** A pool of `count` healthy, just probed instances, as the controller would see it. */
function settled(count: number): { drive: Drive; world: World } {
  const slots = Array.from({ length: count }, (_, i) => 8000 + i);
  const drive = new Drive(installed(pool({ slots, min: count, max: count })));
  drive.run(6_000, {}, () => {}, 500);
  const found = drive.fake.world();
  drive.fake.probe(targets(drive.installed, found, drive.memory));
  return { drive, world: drive.fake.world() };
}

/** Measures the pure part of a pass, many times: it changes nothing. */
export function costOfPass(count: number, times: number): PassCost {
  const { drive, world } = settled(count);
  const { memory, fake } = drive;
  if (drive.published().length !== count)
    throw new Error(`${drive.published().length} of ${count} serve in the made-up world`);
  const runPlan = (): unknown => plan(drive.installed, world, memory, fake.now);
  const runStatus = (): unknown =>
    JSON.stringify(
      describe({ version: 2, at: 0, site: defaultSite(), ...drive.installed }, world, memory, fake.now, []),
    );
  for (let i = 0; i < WARM_UP_RUNS; i++) timed(runPlan);
  const plans = Array.from({ length: times }, () => timed(runPlan));
  for (let i = 0; i < WARM_UP_RUNS / 3; i++) timed(runStatus);
  const statuses = Array.from({ length: times }, () => timed(runStatus));
  // negative when garbage was collected in between
  const heaps = plans.map(({ mb }) => mb).filter(mb => mb > 0);
  return {
    planMs: median(plans.map(run => run.ms)),
    allocatedMb: median(heaps),
    statusMs: median(statuses.map(run => run.ms)),
  };
}
