import { execa } from 'execa';

/** Long enough for a loaded machine, ms. */
const PATIENCE = 10_000;

/** `Next elapse: Wed 2026-11-25 08:00:00 UTC`, where local time is UTC, or else on a line of its own. */
const IN_UTC = /(?:\(in UTC\)|Next elapse): \w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC/;
const NEVER = /Next elapse: never/;

const analyze = (...words: string[]) =>
  execa('systemd-analyze', ['calendar', ...words], {
    reject: false,
    timeout: PATIENCE,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });

/**
 * When a calendar event of systemd.time(7) next comes after a time, by systemd's own reckoning, ms since the epoch; null:
 * never again. Throws with systemd's words where it is no calendar event.
 */
export async function nextElapse(event: string, after: number): Promise<number | null> {
  const base = `--base-time=@${Math.floor(after / 1000)}`;
  const { stdout, stderr } = await analyze(base, '--iterations=1', '--', event);
  const found = IN_UTC.exec(stdout);
  if (found) return Date.parse(`${found[1]}T${found[2]}Z`);
  if (NEVER.test(stdout)) return null;
  throw new Error(stderr.trim() || `systemd-analyze calendar gave no time for ${event}`);
}

/** What systemd has against a calendar event, or null; null also where there is no systemd to ask. */
export async function calendarError(event: string): Promise<string | null> {
  const { exitCode, stderr } = await analyze('--', event);
  return exitCode === 0 || exitCode === undefined ? null : stderr.trim();
}
