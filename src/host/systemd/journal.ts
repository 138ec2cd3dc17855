import { execa } from 'execa';

/** The journal may be slow, but nobody waits for it for long, ms. */
const JOURNAL_TIMEOUT_MS = 5_000;

/**
 * Writes an entry with fields of its own to the journal, by logger(1) of util-linux: Node has no datagram sockets for
 * journald's own protocol. Line breaks become blanks. Rejects when it cannot.
 */
export async function writeEntry(fields: Record<string, string>): Promise<void> {
  const input = Object.entries(fields)
    .map(([name, value]) => `${name}=${value.replace(/\s+/g, ' ')}\n`)
    .join('');
  await execa('logger', ['--journald'], { input, timeout: JOURNAL_TIMEOUT_MS });
}
