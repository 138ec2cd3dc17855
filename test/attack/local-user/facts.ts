import type { Machine } from '../../../tools/machine/machine.ts';
import type { Accidents } from './accidents.ts';
import { LOOT } from './loot.ts';
import { SECRETS } from './pools.ts';
import type { Tally } from './tally.ts';

/** All that is known of an attack in the end. */
export interface Facts {
  seed: number;
  seconds: number;
  /** Of the innocent requests, by pool. */
  tallies: Record<string, Tally>;
  accidents: Accidents;
  /** Requests of the innocent that came to the attacker, as `GET /tcp?...`. */
  stolen: string[];
  /** How often he had a port that a worker might have had. */
  taken: number;
  /** What he succeeded in, and must not. */
  breaches: string[];
  /** Secrets that he knows. */
  learnt: string[];
  /** Mistakes of the attacker's program. */
  mistakes: string[];
  /** How often he did what. */
  deeds: Record<string, number>;
  /** Main PID, invocation and restarts of the controller. */
  controller: { before: string; after: string; peakMB: number };
  /** The controller's lines in the journal. */
  journal: string[];
  /** From the end of the attack until all pools served, and until the status had no problem left, ms; null: never. */
  recovery: { serving: number | null; clean: number | null };
}

export const controllerOf = (m: Machine): Promise<string> =>
  m.run('systemctl show -P MainPID -P InvocationID -P NRestarts cgipool.service | xargs');

const linesOf = async (m: Machine, file: string): Promise<string[]> =>
  (await m.run(`cat ${LOOT}/${file} 2>/dev/null || :`)).split('\n').filter(line => line !== '');

function counts(list: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const each of list) found[each] = (found[each] ?? 0) + 1;
  return found;
}

/** Those among the secrets that stand in what he read. */
async function learnt(m: Machine, { logSecrets }: Accidents): Promise<string[]> {
  const words = (await linesOf(m, 'words')).join('\n');
  return [...Object.values(SECRETS), ...logSecrets].filter(secret => words.includes(secret));
}

const requestOf = (line: string): string => /GET \S+/.exec(JSON.parse(line).request)?.[0] ?? line;

/** His program's last words, if it ended before it was to. */
const lastWords = async (m: Machine): Promise<string[]> =>
  (await m.attempt('systemctl is-failed --quiet rampage && journalctl -u rampage -o cat -n 40')).out
    .split('\n')
    .filter(line => line !== '');

/** What the attacker has, and what the controller says. */
export async function lootOf(m: Machine, accidents: Accidents) {
  return {
    stolen: (await linesOf(m, 'stolen')).map(requestOf),
    taken: (await linesOf(m, 'taken')).length,
    breaches: await linesOf(m, 'breaches'),
    mistakes: [...(await linesOf(m, 'mistakes')), ...(await lastWords(m))],
    learnt: await learnt(m, accidents),
    deeds: counts(await linesOf(m, 'deeds')),
  };
}

/** Its most resident memory since it started, MB. */
export async function peakOf(m: Machine): Promise<number> {
  const line = await m.run('grep VmHWM /proc/$(systemctl show -P MainPID cgipool.service)/status');
  return Math.round(Number(/\d+/.exec(line)?.[0]) / 1024);
}
