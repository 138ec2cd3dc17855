import { writeEntry } from '../host/journal.ts';
import { scaleText } from '../plan/scale.ts';
import type { Decision } from '../scale/decision.ts';
import type { Log } from './log.ts';

/** Of every scaling line, for `journalctl MESSAGE_ID=...` (sd-id128): a random number that stays. */
const MESSAGE_ID = '3f1c7a52d1e94f0f9b0e6a4f5c8d2b17';
/** sd-daemon's number for what is worth a line, and no more. */
const INFO = '6';

const fieldsOf = (pool: string, decision: Decision): Record<string, string> => ({
  MESSAGE: `${pool}: ${scaleText(decision)}`,
  MESSAGE_ID,
  PRIORITY: INFO,
  SYSLOG_IDENTIFIER: 'cgipool',
  CGIPOOL_POOL: pool,
  CGIPOOL_FROM: String(decision.from),
  CGIPOOL_TO: String(decision.to),
  CGIPOOL_RULE: decision.rule,
  CGIPOOL_HELD: decision.held ?? '',
  CGIPOOL_READINGS: JSON.stringify(decision.readings),
});

/** Tells the journal of each decision that changed something, with what it was made of. */
export async function logScaling(decided: Record<string, Decision>, log: Log): Promise<void> {
  const changed = Object.entries(decided).filter(([, { from, to }]) => from !== to);
  await Promise.all(
    changed.map(([pool, decision]) =>
      writeEntry(fieldsOf(pool, decision)).catch(() => log.info(`${pool}: ${scaleText(decision)}`)),
    ),
  );
}
