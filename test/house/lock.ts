import { readFileSync } from 'node:fs';

/** A package of package-lock.json; a link is to a folder of ours. */
export interface Locked {
  version?: string;
  integrity?: string;
  license?: string | string[];
  resolved?: string;
  dev?: boolean;
  link?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };

/** Every package in node_modules, by its folder there. */
export const locked: readonly [folder: string, Locked][] = Object.entries(lock.packages).filter(([folder]) =>
  folder.startsWith('node_modules/'),
);

/** Those that the program runs with. */
export const runTime = locked.filter(([, { dev, link }]) => !dev && !link);

/** `node_modules/execa/node_modules/@a/b` -> `@a/b` */
export const packageOf = (folder: string): string => folder.replace(/^.*node_modules\//, '');

/** Other spellings of licences, and those that only a file beside the package tells. */
const MEANT: Record<string, string> = {
  'MIT/X11': 'MIT',
  'MIT,Apache2': 'MIT OR Apache-2.0',
  jsbi: 'Apache-2.0',
  'map-stream': 'MIT',
};

/** A package's licence as SPDX spells it; null: nobody knows. */
export function licenceOf([folder, { license }]: [string, Locked]): string | null {
  const told = license === undefined ? packageOf(folder) : String(license);
  return MEANT[told] ?? (license === undefined ? null : told.replace(/^\((.*)\)$/, '$1'));
}
