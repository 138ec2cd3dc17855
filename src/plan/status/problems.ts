import type { Installed } from '../../model/installed.ts';
import { isRouted } from '../../model/traits.ts';
import { dying } from '../learn/deaths.ts';
import { desired } from '../view/desired.ts';
import { members } from '../view/members.ts';
import type { View } from '../view/pass.ts';
import { strangerAt, takenByStrangers } from '../view/slots.ts';
import { isOutdated } from '../view/stale.ts';
import type { World } from '../world.ts';

/** Failures in a row that make a slot flaky rather than unlucky. */
const FLAKY = 3;

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`;

const journal = (pass: View): string => `journalctl -u 'cgipool-${pass.pool.name}@*'`;

/** Everything fails since the unit text changed, and nothing did well with it: then the change is to blame. */
const isBadText = ({ revision, memory }: View): boolean =>
  revision > 0 && memory.failures.lastAt >= revision && memory.goodRevision !== revision;

function badText(pass: View, waits: string): string {
  const { pool, memory, revision } = pass;
  const old = members(pass).filter(m => isOutdated(pass, m)).length;
  const since = `no instance became healthy since the pool changed at ${new Date(revision).toISOString()}`;
  const halted =
    old > 0
      ? `; the rollout halts and ${old} old instances go on; sudo cgipool install --rollback ${pool.name} puts back what was before`
      : '';
  return `${since}: ${memory.failures.message}${waits}${halted} (${journal(pass)})`;
}

/** Slots that fail again and again while the pool does well. */
function flaky({ memory }: View): string[] {
  return Object.entries(memory.slotFailures)
    .filter(([, { count }]) => count >= FLAKY)
    .map(
      ([slot, { count, message }]) =>
        `slot ${slot} alone is flaky: it failed ${count} times in a row, ${message}`,
    );
}

function crashes(pass: View, healthy: number): string[] {
  const { failures } = pass.memory;
  // a failure that has been made good is an event for `cgipool why`, no problem
  const ails = failures.count > 1 || (failures.count > 0 && healthy < desired(pass));
  if (!ails) return [];
  const waits = failures.until > pass.now ? `; the next try is in ${seconds(failures.until - pass.now)}` : '';
  if (isBadText(pass)) return [badText(pass, waits)];
  const alone = healthy >= desired(pass) ? flaky(pass) : [];
  return alone.length > 0 ? alone : [`${failures.message}${waits} (${journal(pass)})`];
}

function strangers(pass: View): string[] {
  const byWho = new Map<string, number[]>();
  for (const slot of takenByStrangers(pass)) {
    const user = strangerAt(pass, slot);
    const who = user === null ? 'another program' : `a program of ${user}`;
    byWho.set(who, [...(byWho.get(who) ?? []), slot]);
  }
  return [...byWho].map(([who, slots]) => `${who} listens on ${slots.join(', ')}: stop it or change Ports=`);
}

function deaths(pass: View): string[] {
  const slots = dying(pass);
  return slots.length > 0
    ? [
        `the workers of slot ${slots.join(', ')} die again and again, and systemd restarts them (${journal(pass)})`,
      ]
    : [];
}

const panic = ({ memory }: View): string[] =>
  memory.outageSince === null
    ? []
    : ['most instances fail together: none is restarted, all keep their traffic'];

/** What an administrator should know of a pool, in words. */
export const problemsOf = (pass: View, healthy: number): string[] => [
  ...crashes(pass, healthy),
  ...deaths(pass),
  ...panic(pass),
  ...strangers(pass),
];

/** A stopped nginx is no error of a publish, which it will read when it starts; but somebody should start it. */
export function nginxProblems({ pools }: Pick<Installed, 'pools'>, { nginx: state }: World): string[] {
  const isFine = state === null || state === 'active' || state === 'reloading' || state === 'activating';
  if (isFine || !pools.some(({ pool }) => isRouted(pool))) return [];
  return [
    `nginx.service is ${state}, so that no request arrives: systemctl start nginx (journalctl -u nginx)`,
  ];
}
