import { execa, execaSync } from 'execa';

const OPTIONS = {
  reject: false,
  /** Long enough for a loaded machine, ms. */
  timeout: 10_000,
  stdin: 'ignore',
  env: { LC_ALL: 'C' },
} as const;

/** `Wed 2026-11-25 08:00:00 UTC`: each elapse once, on its own line where local time is another. */
const IN_UTC = /\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC/g;
const NEVER = /Next elapse: never/;

const argsFor = (event: string, after: number, count: number): string[] => [
  'calendar',
  `--base-time=@${Math.floor(after / 1000)}`,
  `--iterations=${count}`,
  '--',
  event,
];

/** The times in the answer of systemd-analyze, ms since the epoch. Throws with its words where there are none. */
function elapsesIn(event: string, { stdout, stderr }: { stdout: string; stderr: string }): number[] {
  const found = [...stdout.matchAll(IN_UTC)].map(([, day, time]) => Date.parse(`${day}T${time}Z`));
  if (found.length > 0 || NEVER.test(stdout)) return found;
  throw new Error(stderr.trim() || `systemd-analyze calendar gave no time for ${event}`);
}

/**
 * When a calendar event of systemd.time(7) next comes after a time, by systemd's own reckoning, ms since the epoch; null:
 * never again. Throws with systemd's words where it is no calendar event.
 */
export async function nextElapse(event: string, after: number): Promise<number | null> {
  const [next] = elapsesIn(event, await execa('systemd-analyze', argsFor(event, after, 1), OPTIONS));
  return next ?? null;
}

/** The next times of a calendar event, ascending; fewer than `count` where it ends. As nextElapse, but at once. */
export const elapsesAfter = (event: string, after: number, count: number): number[] =>
  elapsesIn(event, execaSync('systemd-analyze', argsFor(event, after, count), OPTIONS));

/** What systemd has against a calendar event, or null; null also where there is no systemd to ask. */
export async function calendarError(event: string): Promise<string | null> {
  const { exitCode, stderr } = await execa('systemd-analyze', ['calendar', '--', event], OPTIONS);
  return exitCode === 0 || exitCode === undefined ? null : stderr.trim();
}
