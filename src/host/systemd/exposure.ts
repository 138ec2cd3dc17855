import { execa } from 'execa';

/** Long enough for hundreds of units on a loaded machine, ms. */
const ANALYZE_TIMEOUT_MS = 60_000;
/** `→ Overall exposure level for cgipool-a@i.service: 1.4 OK 🙂`: of a template systemd makes an instance `i`. */
const LEVEL = /exposure level for (\S+?)(@i)?\.service: ([\d.]+) /g;

/**
 * How open the sandboxes of unit files are, by `systemd-analyze security`: 0 is closed, 10 is open; by the file's name. Empty
 * where there is no systemd to ask, or an old one.
 */
export async function exposureOf(files: readonly string[]): Promise<Map<string, number>> {
  const words = ['security', '--offline=true', '--no-pager', ...files];
  const { stdout } = await execa('systemd-analyze', words, {
    reject: false,
    timeout: ANALYZE_TIMEOUT_MS,
    stdin: 'ignore',
    env: { LC_ALL: 'C.UTF-8' },
  });
  return new Map(
    [...(stdout ?? '').matchAll(LEVEL)].map(([, name = '', at = '', level]) => [
      `${name}${at && '@'}.service`,
      Number(level),
    ]),
  );
}
