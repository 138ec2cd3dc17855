import { targets } from '../../src/controller/apply/probe-targets.ts';
import { plan } from '../../src/plan/plan.ts';
import { describe } from '../../src/plan/status/status.ts';
import type { World } from '../../src/plan/world.ts';
import { defaultSite } from '../../src/pool-file/site-file.ts';
import { Drive } from '../../test/plan/drive.ts';
import { installed, pool } from '../../test/plan/pools.ts';

/** What one look costs. */
export interface LookCost {
  planMs: number;
  allocatedMb: number;
  statusMs: number;
}

/** Enough for the compiler to have done its work. */
const WARM = 30;

const mid = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function timed(what: () => unknown): { ms: number; mb: number } {
  const heap = process.memoryUsage().heapUsed;
  const began = performance.now();
  what();
  const ms = performance.now() - began;
  return { ms, mb: (process.memoryUsage().heapUsed - heap) / 2 ** 20 };
}

/** A pool of so many healthy instances, each just probed, as the controller would see it. */
function settled(count: number): { drive: Drive; world: World } {
  const slots = Array.from({ length: count }, (_, i) => 8000 + i);
  const drive = new Drive(installed(pool({ slots, min: count, max: count })));
  drive.run(6_000, {}, () => {}, 500);
  const found = drive.fake.world();
  drive.fake.probe(targets(drive.installed, found, drive.memory));
  return { drive, world: drive.fake.world() };
}

/** The pure part of a look, many times over: it changes nothing. */
export function costOfLook(count: number, times: number): LookCost {
  const { drive, world } = settled(count);
  const { memory, fake } = drive;
  if (drive.published().length !== count)
    throw new Error(`${drive.published().length} of ${count} serve in the made-up world`);
  const think = (): unknown => plan(drive.installed, world, memory, fake.now);
  const tell = (): unknown =>
    JSON.stringify(
      describe({ version: 2, site: defaultSite(), ...drive.installed }, world, memory, fake.now, []),
    );
  for (let i = 0; i < WARM; i++) timed(think);
  const looks = Array.from({ length: times }, () => timed(think));
  for (let i = 0; i < WARM / 3; i++) timed(tell);
  const told = Array.from({ length: times }, () => timed(tell));
  // a collection of garbage meanwhile makes it negative
  const heaps = looks.map(({ mb }) => mb).filter(mb => mb > 0);
  return { planMs: mid(looks.map(l => l.ms)), allocatedMb: mid(heaps), statusMs: mid(told.map(l => l.ms)) };
}
