import { execa } from 'execa';

/** Enough for hundreds of units on a loaded machine. */
const ANALYZE_TIMEOUT_MS = 60_000;
/** `→ Overall exposure level for cgipool-a@i.service: 1.4 OK 🙂`; systemd instantiates a template as `i`. */
const LEVEL = /exposure level for (\S+?)(@i)?\.service: ([\d.]+) /g;

/**
 * The exposure of unit files by `systemd-analyze security`, from 0 (closed) to 10 (open), by file name. Empty when there
 * is no systemd to ask, or an old one.
 */
export async function exposureOf(files: readonly string[]): Promise<Map<string, number>> {
  const args = ['security', '--offline=true', '--no-pager', ...files];
  const { stdout } = await execa('systemd-analyze', args, {
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
