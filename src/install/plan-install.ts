import { basename, join } from 'node:path';
import type { Problem } from '../base/result.ts';
import { tagWith } from '../host/nginx/log-tag.ts';
import type { Installed } from '../model/installed.ts';
import { sliceName, templateName } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import { fileOf } from '../model/routing.ts';
import type { Site } from '../model/site.ts';
import { leavesNames } from '../render/names.ts';
import { run } from './activate.ts';
import { type Change, changesTo } from './changes.ts';
import { type DesiredFiles, desiredFiles } from './desired-files.ts';
import { type Recorded, readInstalled } from './installed-store.ts';
import { keepServing, keepSite } from './keep-installed.ts';
import type { Machine } from './machine.ts';
import { type ReadFleet, readFleet } from './sources.ts';
import { unitMistakes } from './unit-mistakes.ts';
import { warningsOf } from './warnings.ts';

/** What an install would change, and the problems that it found. */
export interface InstallPlan extends Recorded {
  problems: Problem[];
  warnings: string[];
  wanted: DesiredFiles;
  changes: Change[];
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
function restrictedOf(
  pools: readonly Pool[],
  { restrictions }: ReadFleet,
  before: Installed | null,
): Set<string> {
  const recorded = new Map(before?.pools.map(({ pool, restricted }) => [pool.name, restricted]));
  const names = pools.map(({ name }) => name);
  return new Set(names.filter(name => restrictions.get(name) ?? recorded.get(name) ?? false));
}

/** What nginx or systemd refuses of the files as they are, and what they replaced. */
export interface Refused {
  problems: readonly Problem[];
  before: Installed | null;
}

const isIn = (problems: readonly Problem[], pool: Pool): boolean =>
  problems.some(({ file }) => basename(file) === fileOf(pool));

/** The pools whose unit would change, and that have no mistake so far. */
const toVerify = ({ pools, changes, problems }: InstallPlan): Pool[] =>
  pools.filter(
    pool =>
      !isIn(problems, pool) &&
      changes.some(
        ({ path }) => basename(path) === templateName(pool.name) || basename(path) === sliceName(pool.name),
      ),
  );

/** Compares a machine with its pool files. Changes nothing. A pool that systemd refuses keeps its installed configuration. */
export async function planInstall(machine: Machine, refused?: Refused): Promise<InstallPlan> {
  const before = refused ? refused.before : await readInstalled(machine);
  const plan = await planWithout(machine, { problems: refused?.problems ?? [], before });
  const wrong = machine.isHere ? await unitMistakes(toVerify(plan)) : [];
  return wrong.length === 0
    ? plan
    : planInstall(machine, { problems: [...(refused?.problems ?? []), ...wrong], before });
}

async function planWithout(machine: Machine, { problems: known, before }: Refused): Promise<InstallPlan> {
  const read = await readFleet(machine);
  const found = {
    ...read,
    pools: read.pools.filter(pool => !isIn(known, pool)),
    problems: [...read.problems, ...known, ...(await userProblems(machine, read.site))],
  };
  const { pools, problems } = keepServing(found, before, machine.at(paths.pools));
  const fleet = { ...found, problems: [...found.problems, ...problems] };
  const site = keepSite(fleet.site, fleet.problems, before);
  const tag = tagWith(await machine.readText(paths.secret).catch(() => null));
  const restricted = restrictedOf(pools, read, before);
  const namesElsewhere = leavesNames(await machine.readText(paths.site));
  const wanted = await desiredFiles(site, pools, restricted, tag, namesElsewhere);
  const changes = await changesTo(machine, wanted);
  const warnings = await warningsOf(fleet.pools, machine);
  return { ...fleet, site, pools, restricted, wanted, changes, warnings };
}
