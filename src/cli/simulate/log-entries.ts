import { formatProblem } from '../../base/result.ts';
import { logLines } from '../../host/files/log-lines.ts';
import { unreadable } from '../../install/sources.ts';
import type { LogEntry } from '../../simulate/log/entry.ts';
import type { LogParser } from '../../simulate/log/log-parser.ts';
import { Failure } from '../failure.ts';

const FORMATS = 'common, combined, combined with the time taken, or cgipool: see docs/simulate.md';

function failureOf(name: string, error: NodeJS.ErrnoException): Failure {
  if (error.code?.startsWith('Z_'))
    return new Failure(`${name}: it is no whole gzip file (${error.message}): take it when it is written`);
  return new Failure(formatProblem(unreadable(name, error)));
}

function unknownFormat({ name, unknownLines: strange }: LogParser): Failure {
  if (strange === 0) return new Failure(`${name}: it is empty: name a log that has requests`);
  return new Failure(`${name}: none of its first ${strange} lines is of a format that is known: ${FORMATS}`);
}

/** The requests of one log, some at a time. Fails where there is none, or the file cannot be read. */
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
