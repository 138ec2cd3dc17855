import type { Problem } from '../base/result.ts';
import { checkLine, headerName, isAssignment, isHeader, strip } from './line.ts';

/** A `[Section]` line. */
export interface Header {
  name: string;
  line: number;
}

/** One `Key=value` line. The value is as written, except for white space around it. */
export interface Assignment {
  section: string;
  key: string;
  value: string;
  line: number;
}

export interface Lines {
  headers: Header[];
  assignments: Assignment[];
  problems: Problem[];
}

const splitLines = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/);

function parseAssignment(section: string, text: string, line: number): Assignment {
  const equals = text.indexOf('=');
  return { section, key: strip(text.slice(0, equals)), value: strip(text.slice(equals + 1)), line };
}

/** Keys outside any section are a mistake, but were probably meant for this one. */
const DEFAULT_SECTION = 'Pool';

/** Reads INI text as systemd does. Every line that is not an assignment, header, comment or empty is a problem. */
export function readLines(file: string, text: string): Lines {
  const found: Lines = { headers: [], assignments: [], problems: [] };
  for (const [index, raw] of splitLines(text).entries()) {
    const [text, line] = [strip(raw), index + 1];
    const message = checkLine(text, found.headers.length > 0);
    if (message !== null) found.problems.push({ file, line, message });
    const section = found.headers.at(-1)?.name ?? DEFAULT_SECTION;
    // malformed lines are read too, so that their keys are not reported as missing
    if (isHeader(text)) found.headers.push({ name: headerName(text), line });
    else if (isAssignment(text)) found.assignments.push(parseAssignment(section, text, line));
  }
  return found;
}

/** The problems on well-formed lines; a malformed line is already reported, and its value means nothing. */
export function onReadableLines(lines: Lines, problems: readonly Problem[]): Problem[] {
  const malformed = new Set(lines.problems.map(problem => problem.line));
  return problems.filter(problem => !malformed.has(problem.line));
}
