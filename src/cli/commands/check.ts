import { exposures } from '../../install/exposure.ts';
import { missingPrograms, readFleet } from '../../install/sources.ts';
import { Failure } from '../failure.ts';
import { count, printProblems } from '../output.ts';

const wellFormed = (names: readonly string[]): string =>
  `${count(names.length, 'pool')} ${names.length === 1 ? 'is' : 'are'} well-formed: ${names.join(', ') || 'none'}`;

/** A line about the sandboxes, where systemd can tell. */
function exposureText(exposure: ReadonlyMap<string, number>): string[] {
  const each = [...exposure].map(([name, level]) => `${name} ${level.toFixed(1)}`);
  return each.length > 0
    ? [`sandboxes, by systemd-analyze security (0 is closed, 10 is open): ${each.join(', ')}`]
    : [];
}

/** `cgipool check [FILE...]` */
export async function check(
  files: string[],
  { root, json }: { root: string; json?: boolean },
): Promise<void> {
  const fleet = await readFleet(root, files);
  const warnings = await missingPrograms(fleet, root);
  const exposure = await exposures(fleet.site, fleet.pools);
  if (json)
    console.log(
      JSON.stringify(
        { version: 1, problems: fleet.problems, warnings, exposure: Object.fromEntries(exposure) },
        null,
        2,
      ),
    );
  else printProblems(fleet.problems, warnings);
  if (fleet.problems.length > 0) throw new Failure(count(fleet.problems.length, 'mistake'), 2);
  if (!json) console.log([wellFormed(fleet.pools.map(p => p.name)), ...exposureText(exposure)].join('\n'));
}
