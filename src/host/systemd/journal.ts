import { execa } from 'execa';

/** A slow journal must not hold up the controller for longer. */
const JOURNAL_TIMEOUT_MS = 5_000;

/**
 * Writes an entry with fields of its own to the journal, through logger(1) of util-linux: Node has no unix datagram
 * sockets for journald's protocol. Line breaks become spaces. Rejects when logger fails.
 */
export async function writeEntry(fields: Record<string, string>): Promise<void> {
  const input = Object.entries(fields)
    .map(([name, value]) => `${name}=${value.replace(/\s+/g, ' ')}\n`)
    .join('');
  await execa('logger', ['--journald'], { input, timeout: JOURNAL_TIMEOUT_MS });
}
