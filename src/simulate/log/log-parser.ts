import type { LogEntry } from './entry.ts';
import { detect, type Format } from './format.ts';

/** A file whose first lines, this many, fit no format is not an access log. */
const MAX_FOREIGN_LINES = 1000;

/** Turns the lines of one access log into entries. */
export class LogParser {
  /** Null until a line fits a format. */
  format: Format | null = null;
  lines = 0;
  malformed = 0;
  /** The number of the first malformed line; 0: none. */
  firstMalformed = 0;
  #head: string[] = [];

  /** `name`: of the log, for messages. */
  constructor(readonly name: string) {}

  /** Parses the next lines; the first ones that fit a format determine it. */
  add(lines: readonly string[]): LogEntry[] {
    if (this.format) return this.#read(this.format, lines);
    this.#head.push(...lines);
    this.format = detect(lines);
    return this.format ? this.#read(this.format, this.#head.splice(0)) : [];
  }

  /** Lines read so far while no format is known. */
  get unknownLines(): number {
    return this.#head.length;
  }

  /** Whether it is not an access log: no need to read on. */
  get isForeign(): boolean {
    return this.unknownLines >= MAX_FOREIGN_LINES;
  }

  #read(format: Format, lines: readonly string[]): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const line of lines) {
      this.lines += 1;
      const entry = format.read(line);
      if (entry) entries.push(entry);
      else if (line.trim() !== '') this.#countMalformed();
    }
    return entries;
  }

  #countMalformed(): void {
    this.malformed += 1;
    if (this.malformed === 1) this.firstMalformed = this.lines;
  }
}
