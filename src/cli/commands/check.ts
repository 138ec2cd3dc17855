import { join } from 'node:path';
import { exposures } from '../../install/compare/exposure.ts';
import { readFleet } from '../../install/compare/sources.ts';
import { unitMistakes } from '../../install/compare/unit-mistakes.ts';
import { warningsOf } from '../../install/compare/warnings.ts';
import { Machine } from '../../install/machine.ts';
import { poolFileOf } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { poolNameOf } from '../../pool-file/pool-file.ts';
import { formatSlots } from '../../pool-file/values/slots.ts';
import { Failure } from '../failure.ts';
import { count, printProblems } from '../output.ts';

const validPools = (names: readonly string[]): string =>
  `${count(names.length, 'valid pool')}: ${names.join(', ') || 'none'}`;

/** A line about the sandboxes, if systemd can rate them. */
function exposureText(exposure: ReadonlyMap<string, number>): string[] {
  const each = [...exposure].map(([name, level]) => `${name} ${level.toFixed(1)}`);
  return each.length > 0
    ? [`sandbox exposure by systemd-analyze security (0 closed, 10 open): ${each.join(', ')}`]
    : [];
}

/** Ports of workers, by pool: nginx's rules do not apply to whoever dials those. */
const openPorts = (pools: readonly Pool[]): Map<string, string> =>
  new Map(
    pools.filter(({ listen }) => listen === 'tcp').map(({ name, slots }) => [name, formatSlots(slots)]),
  );

/** A line about ports that every user of the machine can dial. */
function portsText(ports: ReadonlyMap<string, string>): string[] {
  const each = [...ports].map(([name, slots]) => `${name} 127.0.0.1:${slots}`);
  return each.length > 0
    ? [`open to all local users past nginx (Listen=unix closes them): ${each.join('; ')}`]
    : [];
}

/** `cgipool check [FILE...]` */
export async function check(
  files: string[],
  { root, json }: { root: string; json?: boolean },
): Promise<void> {
  const machine = new Machine(root);
  const read = await readFleet(machine, files);
  const fileOf = ({ name }: Pool): string =>
    files.find(file => poolNameOf(file) === name) ?? machine.at(join(paths.pools, poolFileOf(name)));
  const fleet = { ...read, problems: [...read.problems, ...(await unitMistakes(read.pools, fileOf))] };
  const warnings = await warningsOf(fleet, machine);
  const exposure = await exposures(fleet.pools);
  const ports = openPorts(fleet.pools);
  if (json)
    console.log(
      JSON.stringify(
        {
          version: 1,
          problems: fleet.problems,
          warnings,
          exposure: Object.fromEntries(exposure),
          openPorts: Object.fromEntries(ports),
        },
        null,
        2,
      ),
    );
  else printProblems(fleet.problems, warnings);
  if (fleet.problems.length > 0) throw new Failure(count(fleet.problems.length, 'mistake'), 2);
  const names = fleet.pools.map(p => p.name);
  if (!json) console.log([validPools(names), ...exposureText(exposure), ...portsText(ports)].join('\n'));
}
