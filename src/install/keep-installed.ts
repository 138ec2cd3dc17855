import { basename, join } from 'node:path';
import type { Problem } from '../base/result.ts';
import type { Installed } from '../model/installed.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { streamPorts } from '../model/traits.ts';
import { Claims } from '../pool-file/claims.ts';
import type { Fleet } from '../pool-file/fleet.ts';
import type { PoolClaims } from '../pool-file/pool-file.ts';

const poolOf = (file: string): string => basename(file).replace(/\.pool$/, '');

/** What a parsed pool claims for itself alone. */
const wantsOf = ({ name, listen, slots, nginx }: Pool): PoolClaims => ({
  name,
  ports: [
    { line: 0, numbers: listen === 'tcp' ? slots : [] },
    { line: 0, numbers: streamPorts(nginx.stream) },
  ],
  location: { line: 0, path: nginx.location },
});

/** The installed pools whose files now have mistakes. */
function keptOf(good: readonly Pool[], problems: readonly Problem[], before: Installed | null): Pool[] {
  const names = new Set(good.map(pool => pool.name));
  const bad = new Set(problems.map(problem => poolOf(problem.file)));
  return (before?.pools ?? [])
    .map(({ pool }) => pool)
    .filter(({ name }) => bad.has(name) && !names.has(name));
}

interface Kept {
  pools: Pool[];
  /** Conflicts of good files with kept pools, which have precedence. */
  problems: Problem[];
}

/** The pools to install: the good ones, and for files with mistakes the installed ones, so that they keep serving. */
export function keepServing(
  { pools: good, problems, site }: Fleet,
  before: Installed | null,
  folder: string,
): Kept {
  const kept = keptOf(good, problems, before);
  const claims = new Claims(site);
  for (const pool of kept) claims.take(`${pool.name}.pool as installed`, wantsOf(pool));
  const conflicts = good.map(pool => claims.conflicts(join(folder, `${pool.name}.pool`), wantsOf(pool)));
  const pools = [...good.filter((_, i) => conflicts[i]?.length === 0), ...kept];
  return { pools: pools.sort((a, b) => (a.name < b.name ? -1 : 1)), problems: conflicts.flat() };
}

/** The site to install: with a mistake in cgipool.conf the installed one. */
export function keepSite(site: Site, problems: readonly Problem[], before: Installed | null): Site {
  const isBad = problems.some(problem => basename(problem.file) === 'cgipool.conf');
  return (isBad && before?.site) || site;
}
