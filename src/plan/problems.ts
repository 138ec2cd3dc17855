import { dying } from './deaths.ts';
import { desired } from './desired.ts';
import { type Look, members } from './look.ts';
import { takenByStrangers } from './slots.ts';
import { isOutdated } from './stale.ts';

/** Failures in a row that make a slot flaky rather than unlucky. */
const FLAKY = 3;

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`;

const journal = (look: Look): string => `journalctl -u 'cgipool-${look.pool.name}@*'`;

/** Everything fails since the unit text changed, and nothing did well with it: then the change is to blame. */
const isBadText = ({ changedAt, memory }: Look): boolean =>
  changedAt > 0 && memory.failures.lastAt >= changedAt && memory.provenText !== changedAt;

function badText(look: Look, waits: string): string {
  const { pool, memory, changedAt } = look;
  const old = members(look).filter(m => isOutdated(look, m)).length;
  const since = `no instance became healthy since the pool changed at ${new Date(changedAt).toISOString()}`;
  const halted =
    old > 0
      ? `; the rollout halts and ${old} old instances go on; sudo cgipool install --rollback ${pool.name} puts back what was before`
      : '';
  return `${since}: ${memory.failures.message}${waits}${halted} (${journal(look)})`;
}

/** Slots that fail again and again while the pool does well. */
function flaky({ memory }: Look): string[] {
  return Object.entries(memory.slotFailures)
    .filter(([, { count }]) => count >= FLAKY)
    .map(
      ([slot, { count, message }]) =>
        `slot ${slot} alone is flaky: it failed ${count} times in a row, ${message}`,
    );
}

function crashes(look: Look, healthy: number): string[] {
  const { failures } = look.memory;
  // a failure that has been made good is an event for `cgipool why`, no problem
  const ails = failures.count > 1 || (failures.count > 0 && healthy < desired(look));
  if (!ails) return [];
  const waits = failures.until > look.now ? `; the next try is in ${seconds(failures.until - look.now)}` : '';
  if (isBadText(look)) return [badText(look, waits)];
  const alone = healthy >= desired(look) ? flaky(look) : [];
  return alone.length > 0 ? alone : [`${failures.message}${waits} (${journal(look)})`];
}

function strangers(look: Look): string[] {
  const taken = takenByStrangers(look);
  return taken.length > 0 ? [`another program listens on ${taken.join(', ')}: stop it or change Ports=`] : [];
}

function deaths(look: Look): string[] {
  const slots = dying(look);
  return slots.length > 0
    ? [
        `the workers of slot ${slots.join(', ')} die again and again, and systemd restarts them (${journal(look)})`,
      ]
    : [];
}

const panic = ({ memory }: Look): string[] =>
  memory.panicSince === null
    ? []
    : ['most instances fail together: none is restarted, all keep their traffic'];

/** What an administrator should know of a pool, in words. */
export const problemsOf = (look: Look, healthy: number): string[] => [
  ...crashes(look, healthy),
  ...deaths(look),
  ...panic(look),
  ...strangers(look),
];
