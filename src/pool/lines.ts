import ini from 'ini';
import { headerName, isAssignment, isHeader, mistake } from './line.ts';
import type { Problem } from './result.ts';
import { strip } from './strip.ts';

/** A `[Section]` line. */
export interface Header {
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

/** ini splits its input at line ends only, but gives these two to a `.` that does not match them. */
const quote = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/**
 * ini's format spoils values with quotes, `;`, `#`, `true` or a repeated key, and section names with a dot. So each line
 * goes through it under its line number, as a JSON string, and each header as its number: nothing repeats, nothing is
 * interpreted, and whole numbers keep their order.
 */
const numbered = (line: string, number: number): string =>
  isHeader(line) ? `[${number}]` : `${number} = ${quote(line)}`;

function assignment(section: string, text: string, line: number): Assignment {
  const equals = text.indexOf('=');
  return { section, key: strip(text.slice(0, equals)), value: strip(text.slice(equals + 1)), line };
}

const splitLines = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/);

/** Keys before any section: they are a mistake, but were probably meant for this one. */
const NOWHERE: Header = { name: 'Pool', line: 0 };

/** Reads systemd-style INI text. Every line that is no assignment, header, comment or blank is a problem. */
export function readLines(file: string, text: string): Lines {
  const headers: Header[] = [];
  const problems: Problem[] = [];
  const accepted = [`[${NOWHERE.line}]`];
  for (const [index, raw] of splitLines(text).entries()) {
    const line = strip(raw);
    const number = index + 1;
    const message = mistake(line, headers.length > 0);
    if (message !== null) problems.push({ file, line: number, message });
    if (isHeader(line)) headers.push({ name: headerName(line), line: number });
    // a spoiled line is read too, so that its key does not pass for missing
    if (isHeader(line) || isAssignment(line)) accepted.push(numbered(line, number));
  }
  return { headers, assignments: decode(accepted, [NOWHERE, ...headers]), problems };
}

/** The mistakes of lines that could be read; a spoiled line has one already, and its value means nothing. */
export function ofReadable(lines: Lines, problems: readonly Problem[]): Problem[] {
  const spoiled = new Set(lines.problems.map(problem => problem.line));
  return problems.filter(problem => !spoiled.has(problem.line));
}

function decode(lines: readonly string[], headers: readonly Header[]): Assignment[] {
  const names = new Map(headers.map(({ name, line }) => [String(line), name]));
  const sections: Record<string, Record<string, string>> = ini.parse(lines.join('\n'), {
    bracketedArray: false,
  });
  return Object.entries(sections).flatMap(([header, body]) =>
    Object.entries(body).map(([number, text]) => assignment(names.get(header) ?? '', text, Number(number))),
  );
}
