import { execa, execaSync } from 'execa';

const OPTIONS = {
  reject: false,
  /** Long enough for a loaded machine, ms. */
  timeout: 10_000,
  stdin: 'ignore',
  env: { LC_ALL: 'C' },
} as const;

/** `Wed 2026-11-25 08:00:00 UTC`: once for each elapse, on a line of its own where local time is not UTC. */
const IN_UTC = /\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC/g;
const NEVER = /Next elapse: never/;

const argsFor = (event: string, after: number, count: number): string[] => [
  'calendar',
  `--base-time=@${Math.floor(after / 1000)}`,
  `--iterations=${count}`,
  '--',
  event,
];

/** The times that systemd-analyze printed, ms since the epoch. Throws its error message when there are none. */
function elapsesIn(event: string, { stdout, stderr }: { stdout: string; stderr: string }): number[] {
  const found = [...stdout.matchAll(IN_UTC)].map(([, day, time]) => Date.parse(`${day}T${time}Z`));
  if (found.length > 0 || NEVER.test(stdout)) return found;
  throw new Error(stderr.trim() || `systemd-analyze calendar gave no time for ${event}`);
}

/**
 * When a calendar event of systemd.time(7) next elapses after a time, as systemd computes it, ms since the epoch; null:
 * never again. Throws systemd's error message for an invalid event.
 */
export async function nextElapse(event: string, after: number): Promise<number | null> {
  const [next] = elapsesIn(event, await execa('systemd-analyze', argsFor(event, after, 1), OPTIONS));
  return next ?? null;
}

/** The next times of a calendar event, ascending; fewer than `count` if it ends. Like nextElapse, but synchronous. */
export const elapsesAfter = (event: string, after: number, count: number): number[] =>
  elapsesIn(event, execaSync('systemd-analyze', argsFor(event, after, count), OPTIONS));

/** systemd's error message for a calendar event, or null if it is valid or there is no systemd to ask. */
export async function calendarError(event: string): Promise<string | null> {
  const { exitCode, stderr } = await execa('systemd-analyze', ['calendar', '--', event], OPTIONS);
  return exitCode === 0 || exitCode === undefined ? null : stderr.trim();
}
