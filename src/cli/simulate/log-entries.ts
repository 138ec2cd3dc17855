import { formatProblem } from '../../base/result.ts';
import { logLines } from '../../host/files/log-lines.ts';
import { unreadable } from '../../install/compare/sources.ts';
import type { LogEntry } from '../../simulate/log/entry.ts';
import type { LogParser } from '../../simulate/log/log-parser.ts';
import { Failure } from '../failure.ts';
import { count } from '../output.ts';

const FORMATS = 'common, combined, combined with request times, and cgipool (see docs/simulate.md)';

function failureOf(name: string, error: NodeJS.ErrnoException): Failure {
  if (error.code?.startsWith('Z_'))
    return new Failure(`${name}: incomplete gzip file (${error.message}): wait until it is written`);
  return new Failure(formatProblem(unreadable(name, error)));
}

function unknownFormat({ name, unknownLines }: LogParser): Failure {
  if (unknownLines === 0) return new Failure(`${name}: the file is empty: choose a log with requests`);
  return new Failure(
    `${name}: unknown format in the first ${count(unknownLines, 'line')}; known are ${FORMATS}`,
  );
}

/** The requests of a log, in batches. Throws Failure when it has none or cannot be read. */
export async function* logEntries(file: string, log: LogParser): AsyncGenerator<LogEntry[]> {
  try {
    for await (const lines of logLines(file)) {
      yield log.add(lines);
      if (log.isForeign) break;
    }
  } catch (error) {
    throw failureOf(log.name, error as NodeJS.ErrnoException);
  }
  if (!log.format) throw unknownFormat(log);
}
