import { basename } from 'node:path';
import type { Installed } from '../pool/installed.ts';
import type { Pool, Site } from '../pool/pool.ts';
import type { Problem } from '../pool/result.ts';

const poolOf = (file: string): string => basename(file).replace(/\.pool$/, '');

/**
 * The pools to install: the good ones, and of each bad file what was installed of it before, so that a mistake in a
 * file takes nothing away that serves.
 */
export function keepServing(
  good: readonly Pool[],
  problems: readonly Problem[],
  before: Installed | null,
): Pool[] {
  const names = new Set(good.map(pool => pool.name));
  const bad = new Set(problems.map(problem => poolOf(problem.file)));
  const kept = (before?.pools ?? [])
    .map(p => p.pool)
    .filter(pool => bad.has(pool.name) && !names.has(pool.name));
  return [...good, ...kept].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The site to install: with a mistake in cgipool.conf it stays as it was installed before. */
export function keepSite(site: Site, problems: readonly Problem[], before: Installed | null): Site {
  const isBad = problems.some(problem => basename(problem.file) === 'cgipool.conf');
  return (isBad && before?.site) || site;
}
