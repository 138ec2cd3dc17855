import type { Problem } from '../base/result.ts';
import { headerName, isAssignment, isHeader, mistake, strip } from './line.ts';

/** A `[Section]` line. */
interface Header {
  name: string;
  line: number;
}

/** One `Key=value` line. The value is as written, but for white space around it. */
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

function assignment(section: string, text: string, line: number): Assignment {
  const equals = text.indexOf('=');
  return { section, key: strip(text.slice(0, equals)), value: strip(text.slice(equals + 1)), line };
}

/** Keys before any section: they are a mistake, but were probably meant for this one. */
const DEFAULT_SECTION = 'Pool';

/** Reads systemd-style INI text. Every line that is no assignment, header, comment or blank is a problem. */
export function readLines(file: string, text: string): Lines {
  const found: Lines = { headers: [], assignments: [], problems: [] };
  for (const [index, raw] of splitLines(text).entries()) {
    const [text, line] = [strip(raw), index + 1];
    const message = mistake(text, found.headers.length > 0);
    if (message !== null) found.problems.push({ file, line, message });
    const section = found.headers.at(-1)?.name ?? DEFAULT_SECTION;
    // a spoiled line is read too, so that its key does not pass for missing
    if (isHeader(text)) found.headers.push({ name: headerName(text), line });
    else if (isAssignment(text)) found.assignments.push(assignment(section, text, line));
  }
  return found;
}

/** The mistakes of lines that could be read; a spoiled line has one already, and its value means nothing. */
export function ofReadable(lines: Lines, problems: readonly Problem[]): Problem[] {
  const spoiled = new Set(lines.problems.map(problem => problem.line));
  return problems.filter(problem => !spoiled.has(problem.line));
}
