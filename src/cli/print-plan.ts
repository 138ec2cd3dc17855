import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../install/changes.ts';
import type { InstallPlan } from '../install/compare/plan-install.ts';
import { currentOf } from '../install/snapshots/snapshot.ts';
import { paths } from '../model/paths.ts';
import { CONTROLLER_UNIT } from '../model/services.ts';
import { unifiedDiff } from './diff.ts';
import { count, green, red, yellow } from './output.ts';
import { type Effect, effectText } from './rollout/effect.ts';

const SIGN: Record<Change['kind'], string> = {
  add: green('+'),
  change: yellow('~'),
  mode: yellow('~'),
  remove: red('-'),
};

const LOST = ' (somebody edited it: the edits are lost)';

const changeText = ({ kind, path, content, isEdited }: Change): string =>
  `${SIGN[kind]} ${path}${kind === 'mode' ? ` (mode 0${content?.mode.toString(8)})` : ''}${isEdited ? LOST : ''}`;

/** What an install does beside writing files. */
export interface Doings {
  effects: readonly Effect[];
  /** The running controller is restarted. */
  isRestarted: boolean;
}

/** Prints the files that an install writes, and what it does beside. */
export function printPlan(
  { changes, given, site }: InstallPlan,
  { effects, isRestarted }: Doings,
  isDry: boolean,
): void {
  // with no file changed: what only the controller reads
  const isSiteChanged =
    changes.length === 0 && given.before !== null && !isDeepStrictEqual(given.before.site, site);
  const lines = [
    ...changes.map(changeText),
    ...effects.map(effectText),
    ...(isSiteChanged ? ['cgipool.conf: change'] : []),
    ...(isRestarted ? [`${CONTROLLER_UNIT}: restart`] : []),
  ];
  for (const line of lines) console.log(line);
  if (lines.length === 0) console.log('nothing to change');
  else if (isDry) console.log(`${count(changes.length, 'file')} would change (dry run)`);
}

/** Shows what would change: the texts of pool files. */
export function printDiffs({ given, files }: InstallPlan): void {
  const before = new Map(currentOf(given.known)?.files.map(({ name, text }) => [name, text]));
  for (const name of [...new Set([...before.keys(), ...files.keys()])].sort()) {
    const diff = unifiedDiff(
      `${paths.pools}/${name}`,
      before.get(name) ?? null,
      files.get(name)?.text ?? null,
    );
    if (diff !== '') console.log(diff);
  }
}
