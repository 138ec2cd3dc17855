import ini from 'ini';
import type { Problem } from './result.ts';

/** One `Key=value` line. The value is as written, but for white space around it. */
export interface Assignment {
  section: string;
  key: string;
  value: string;
  line: number;
}

export interface Lines {
  assignments: Assignment[];
  problems: Problem[];
}

const isComment = (line: string): boolean => /^\s*[;#]/.test(line);
const HEADER = /^\s*\[(.*)\]\s*$/;
/** Control characters but for the tab. */
const CONTROL = /[^\P{Cc}\t]/u;

/** What is wrong with a line that is neither comment, header nor assignment. */
function mistake(line: string, inSection: boolean): string | null {
  if (CONTROL.test(line)) return 'control characters are not allowed; retype the line';
  if (line.endsWith('\\'))
    return 'a line cannot be continued on the next: write it on one line, without the \\ at its end';
  if (HEADER.test(line)) return null;
  if (!/^[^=]*\S[^=]*=/.test(line))
    return `"${line.trim()}" is not Key=value, [Section] or a comment (# or ; first on its line)`;
  return inSection ? null : 'this key stands before any [Section]: put [Pool] on a line above it';
}

/**
 * In an ini header `.` nests, `__proto__` vanishes and `]`, `;`, `#`, `\` mean something. No section of ours has any
 * of them, so they become `?`: an unknown section, which is reported.
 */
const plainHeader = (name: string): string => name.replace(/^_|[^A-Za-z0-9 _-]/g, '?');

/** ini gives U+2028 and U+2029 to a line splitter; as JSON escapes they pass. */
const quote = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/**
 * ini's format spoils values with quotes, `;`, `#`, `true` or a repeated key. So each line is handed to it as a JSON
 * string under its line number: nothing repeats, nothing is interpreted, and the numbers keep the order.
 */
function numbered(line: string, number: number): string {
  const header = HEADER.exec(line);
  return header ? `[${plainHeader(header[1] ?? '')}]` : `${number} = ${quote(line)}`;
}

function assignment(section: string, line: string, number: number): Assignment {
  const equals = line.indexOf('=');
  return { section, key: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim(), line: number };
}

const splitLines = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/);

/** Reads systemd-style INI text. Every line that is no assignment, header or comment is a problem. */
export function readLines(file: string, text: string): Lines {
  const problems: Problem[] = [];
  const accepted: string[] = [];
  let inSection = false;
  for (const [index, line] of splitLines(text).entries()) {
    if (line.trim() === '' || isComment(line)) continue;
    const message = mistake(line, inSection);
    if (message) problems.push({ file, line: index + 1, message });
    else accepted.push(numbered(line, index + 1));
    inSection ||= HEADER.test(line);
  }
  return { assignments: decode(accepted), problems };
}

function decode(lines: readonly string[]): Assignment[] {
  const sections = ini.parse(lines.join('\n'), { bracketedArray: false }) as Record<
    string,
    Record<string, string>
  >;
  const found = Object.entries(sections).flatMap(([section, body]) =>
    Object.entries(body).map(([number, line]) => assignment(section, line, Number(number))),
  );
  return found.sort((a, b) => a.line - b.line);
}
