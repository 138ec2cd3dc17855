import { isComing } from '../state/instance.ts';
import { desired } from '../view/desired.ts';
import { type Member, members } from '../view/members.ts';
import type { Pass, View } from '../view/pass.ts';
import { missing } from './start.ts';

/** Instances that start at a time, for each core: more would only keep each other from becoming ready. */
const PLACES_PER_CORE = 8;
/** For so long a start takes up a place in any case, ms, and for so long while it computes: nobody holds up others for ever. */
const HOLD_MS = { least: 1_000, most: 10_000 };
/** The share of a core by which one that computes is told from one that waits for something else. */
const COMPUTING = 0.1;

function holdsPlace({ now, samples }: View, { slot, memory }: Member): boolean {
  const age = now - memory.since;
  const computes = (samples.get(slot)?.cpu ?? 0) >= COMPUTING;
  return isComing(memory) && age < (computes ? HOLD_MS.most : HOLD_MS.least);
}

/** A pool that wants to start instances. */
interface Applicant {
  pass: Pass;
  /** How many it has, with those that it may start. */
  has: number;
  wants: number;
  /** How many it could start now. */
  lacks: number;
  given: number;
}

const applicant = (pass: Pass): Applicant => ({
  pass,
  has: members(pass).length,
  wants: Math.max(1, desired(pass)),
  lacks: missing(pass),
  given: 0,
});

/** Who has least of what it wants comes first. */
const neediest = (list: readonly Applicant[]): Applicant | undefined =>
  list
    .filter(({ lacks, given }) => given < lacks)
    .sort((a, b) => (a.has + a.given) / a.wants - (b.has + b.given) / b.wants)[0];

/** What the starts of one pass may be. */
interface Places {
  /** By pool, how many it may start; none is missing that could. */
  places: ReadonlyMap<Pass, number>;
  /** Some could start, and there is no place for them. */
  isCrowded: boolean;
}

/**
 * How many instances each pool may start in this pass. Without a bound, those of a whole machine that boots would keep each other from
 * becoming ready in time, and be replaced for it.
 */
export function placesOf(passes: readonly Pass[]): Places {
  const list = passes.map(applicant).filter(({ lacks }) => lacks > 0);
  const cores = passes[0]?.world.cores ?? 0;
  const held = passes.flatMap(pass => members(pass).filter(member => holdsPlace(pass, member)));
  for (let free = cores * PLACES_PER_CORE - held.length; free > 0; free--) {
    const next = neediest(list);
    if (!next) break;
    next.given += 1;
  }
  return {
    places: new Map(list.map(({ pass, given }) => [pass, given])),
    isCrowded: list.some(({ lacks, given }) => given < lacks),
  };
}
