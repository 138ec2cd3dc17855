import { own } from '../base/own.ts';
import { type Refused, refusedOf, type Trial } from '../base/refused.ts';
import type { Result } from '../base/result.ts';
import type { Installed, InstalledPool } from '../model/installed.ts';
import { poolFileOf } from '../model/names.ts';
import { type Refusals, SITE_FILE } from '../model/routing.ts';
import { faultsOf, withTakenPort, wordsOf } from './faults.ts';

/** What nginx is to serve: what is installed, or what it last accepted in place of what it refuses. */
export interface Candidate {
  installed: Installed;
  refused: Refusals;
}

/** Where to go back to, and how to find out what is refused. */
export interface Surroundings {
  /** What nginx last accepted; null before the first publish. */
  accepted: Installed | null;
  /** What the last publish found. */
  known: Refusals;
  /** Tests what nginx would read, and leaves it as it is. */
  test: (installed: Installed) => Promise<Result<unknown>>;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const namedAs =
  ({ pool }: InstalledPool) =>
  (other: InstalledPool): boolean =>
    other.pool.name === pool.name;

/** The pool as nginx last accepted it; undefined if there is no other. */
const earlier = (member: InstalledPool, accepted: Installed | null): InstalledPool | undefined =>
  accepted?.pools.find(other => namedAs(member)(other) && !isSame(other.pool, member.pool));

/** The pools, last those that changed or were refused before: of two that collide the later one is at fault. */
function suspectsLast(pools: readonly InstalledPool[], { accepted, known }: Surroundings): InstalledPool[] {
  const isNew = (one: InstalledPool): boolean =>
    accepted !== null && !accepted.pools.some(other => isSame(other.pool, one.pool));
  const isSuspect = (one: InstalledPool): boolean =>
    isNew(one) || own(known, poolFileOf(one.pool.name)) !== undefined;
  return [...pools.filter(one => !isSuspect(one)), ...pools.filter(isSuspect)];
}

/** What nginx says to some of the pools alone, in the order of the record. */
const trialOf =
  ({ pools, ...rest }: Installed, { test }: Surroundings): Trial<InstalledPool> =>
  members => {
    const place = (one: InstalledPool): number => pools.findIndex(namedAs(one));
    return test({ ...rest, pools: [...members].sort((a, b) => place(a) - place(b)) });
  };

/** None: nginx would load all. Null: it would not, with or without pools. */
async function culpritsIn(
  { pools, ...rest }: Installed,
  error: string,
  around: Surroundings,
): Promise<Refused<InstalledPool>[] | null> {
  const taken = withTakenPort(pools, error);
  if (taken.length > 0) return taken;
  return refusedOf(suspectsLast(pools, around), trialOf({ pools, ...rest }, around));
}

async function refusalsOf(
  { pools, ...rest }: Installed,
  culprits: readonly Refused<InstalledPool>[],
  around: Surroundings,
): Promise<Refusals> {
  const good = pools.filter(one => !culprits.some(({ member }) => member === one));
  const trial = trialOf({ pools, ...rest }, around);
  const refused: Refusals = {};
  for (const culprit of culprits)
    refused[poolFileOf(culprit.member.pool.name)] = await faultsOf(culprit, members =>
      trial([...good, ...members]),
    );
  return refused;
}

/** The same with refused pools as nginx last accepted them, or without. */
function replaced(
  installed: Installed,
  culprits: readonly Refused<InstalledPool>[],
  accepted: Installed | null,
): Installed {
  const isRefused = (one: InstalledPool): boolean => culprits.some(({ member }) => member === one);
  const pools = installed.pools.flatMap(one => (isRefused(one) ? (earlier(one, accepted) ?? []) : [one]));
  return { ...installed, pools };
}

/** The same with the site that nginx last accepted, if that makes a difference. */
async function withEarlierSite(
  candidate: Candidate,
  error: string,
  around: Surroundings,
): Promise<Candidate | null> {
  const { installed, refused } = candidate;
  const site = around.accepted?.site;
  if (site === undefined || isSame(site, installed.site)) return null;
  const tried = await around.test({ ...installed, site, pools: [] });
  const fault = { line: 0, message: `nginx refuses it: ${wordsOf(error)}` };
  return tried.ok
    ? { installed: { ...installed, site }, refused: { ...refused, [SITE_FILE]: [fault] } }
    : null;
}

/**
 * What to try after nginx refused a candidate: the same with refused pools, or else the site, as nginx last accepted them. Null: no
 * file of ours is to blame.
 */
export async function retreat(
  candidate: Candidate,
  error: string,
  around: Surroundings,
): Promise<Candidate | null> {
  const { installed, refused } = candidate;
  const culprits = await culpritsIn(installed, error, around);
  if (culprits === null) return withEarlierSite(candidate, error, around);
  if (culprits.length === 0) return null;
  const found = await refusalsOf(installed, culprits, around);
  // what is wrong with the present text, rather than with an earlier one
  return { installed: replaced(installed, culprits, around.accepted), refused: { ...found, ...refused } };
}
