import { basename, join } from 'node:path';
import type { Problem } from '../../base/result.ts';
import { tagWith } from '../../host/nginx/log-tag.ts';
import type { Installed } from '../../model/installed.ts';
import { poolFileOf, sliceName, templateName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import type { Site } from '../../model/site.ts';
import { leavesNames } from '../../render/names.ts';
import type { NginxFacts } from '../../render/nginx.ts';
import { asleepBy } from '../../render/upstreams.ts';
import { run } from '../activate.ts';
import { type Change, changesTo } from '../changes.ts';
import { type Recorded, readInstalled } from '../installed-store.ts';
import type { Machine } from '../machine.ts';
import { currentOf, recordInstall, type Snapshots } from '../snapshots/snapshot.ts';
import { readSnapshots } from '../snapshots/snapshot-store.ts';
import { type DesiredFiles, desiredFiles } from './desired-files.ts';
import { filesInForce, keepServing, keepSite } from './keep-installed.ts';
import { isRestricted, type ReadFleet, readFleet } from './sources.ts';
import { unitMistakes } from './unit-mistakes.ts';
import { warningsOf } from './warnings.ts';

/** What an install would change, and the problems that it found. */
export interface InstallPlan extends Recorded {
  problems: Problem[];
  warnings: string[];
  wanted: DesiredFiles;
  changes: Change[];
  /** What the install starts from. */
  given: Given;
  /** The record of what was in force, with what this install puts into force. */
  snapshots: Snapshots;
}

/** What an install starts from. */
export interface Given {
  /** The files of /etc/cgipool, or those of a snapshot. */
  read: ReadFleet;
  /** The record of the last install; null before the first. */
  before: Installed | null;
  /** The texts that earlier installs put into force. */
  known: Snapshots;
}

/** systemd-sysusers would create a missing user, which nginx does not run as. */
async function userProblems(machine: Machine, { nginxUser }: Site): Promise<Problem[]> {
  if (!machine.isHere) return [];
  const isKnown = await run('getent', 'passwd', nginxUser).then(
    () => true,
    () => false,
  );
  const message = `User=${nginxUser}: no such user; name the user that nginx's workers run as`;
  return isKnown ? [] : [{ file: join(paths.pools, 'cgipool.conf'), line: 0, message }];
}

/** The pools whose file not everybody may read; what was recorded counts for a file that cannot be read now. */
function restrictedOf(pools: readonly Pool[], { files }: ReadFleet, before: Installed | null): Set<string> {
  const recorded = new Map(before?.pools.map(({ pool, restricted }) => [pool.name, restricted]));
  const isMeant = (name: string): boolean => {
    const file = files.get(poolFileOf(name));
    return file ? isRestricted(file) : (recorded.get(name) ?? false);
  };
  return new Set(pools.map(({ name }) => name).filter(isMeant));
}

/** What nginx's files depend on besides the pools. */
async function nginxFacts(machine: Machine): Promise<Omit<NginxFacts, 'ipv6'>> {
  const tag = tagWith(await machine.readText(paths.secret).catch(() => null));
  const namesElsewhere = leavesNames(await machine.readText(paths.site));
  // not by the report of the publish step, which comes a moment after the files
  const asleep = asleepBy((await machine.readText(paths.upstreams)) ?? '');
  return { tag, namesElsewhere, asleep };
}

/** An install that changes something renews the secret, which access.conf contains. */
function withTag(machine: Machine, changes: Change[], wanted: DesiredFiles, tag: string): Change[] {
  const content = wanted.get(paths.access);
  const isListed = changes.length === 0 || changes.some(({ path }) => path === paths.access);
  if (!machine.isHere || !content?.text.includes(tag) || isListed) return changes;
  return [...changes, { kind: 'change', path: paths.access, content, isEdited: false }];
}

const isIn = (problems: readonly Problem[], pool: Pool): boolean =>
  problems.some(({ file }) => basename(file) === poolFileOf(pool.name));

/** The pools whose unit would change, and that have no mistake so far. */
const toVerify = ({ pools, changes, problems }: InstallPlan): Pool[] =>
  pools.filter(
    pool =>
      !isIn(problems, pool) &&
      changes.some(
        ({ path }) => basename(path) === templateName(pool.name) || basename(path) === sliceName(pool.name),
      ),
  );

/** Compares a machine with its pool files. Changes nothing. */
export async function planInstall(machine: Machine): Promise<InstallPlan> {
  const before = await readInstalled(machine);
  const known = await readSnapshots(machine, before);
  return planFor(machine, { read: await readFleet(machine), before, known });
}

/**
 * Compares a machine with pool files as they were read. Changes nothing. A pool that systemd refuses keeps its installed
 * configuration, as do those with problems in `refused`: what nginx or systemd has refused so far.
 */
export async function planFor(
  machine: Machine,
  given: Given,
  refused: readonly Problem[] = [],
): Promise<InstallPlan> {
  const plan = await planWithout(machine, given, refused);
  const wrong = machine.isHere ? await unitMistakes(toVerify(plan)) : [];
  return wrong.length === 0 ? plan : planFor(machine, given, [...refused, ...wrong]);
}

async function planWithout(
  machine: Machine,
  given: Given,
  refused: readonly Problem[],
): Promise<InstallPlan> {
  const { read, before, known } = given;
  const found = {
    ...read,
    pools: read.pools.filter(pool => !isIn(refused, pool)),
    problems: [...read.problems, ...refused, ...(await userProblems(machine, read.site))],
  };
  const { pools, problems } = keepServing(found, before, machine.at(paths.pools));
  const fleet = { ...found, problems: [...found.problems, ...problems] };
  const site = keepSite(fleet.site, fleet.problems, before);
  const restricted = restrictedOf(pools, read, before);
  const facts = await nginxFacts(machine);
  const wanted = await desiredFiles(site, pools, restricted, facts);
  const changes = withTag(machine, await changesTo(machine, wanted), wanted, facts.tag);
  const warnings = await warningsOf(fleet, machine);
  const files = filesInForce(fleet, pools, currentOf(known));
  const snapshots = recordInstall(known, files, Date.now());
  return { ...fleet, site, pools, restricted, wanted, changes, warnings, files, given, snapshots };
}
