import type { LogEntry } from './entry.ts';
import { detect, type Format } from './format.ts';

/** Where none of so many lines is understood, the file is no access log. */
const MAX_FOREIGN_LINES = 1000;

/** One access log, read from its beginning to its end: lines become entries. */
export class LogParser {
  /** Null while no line was understood. */
  format: Format | null = null;
  lines = 0;
  malformed = 0;
  /** The number of the first malformed line; 0: none. */
  firstMalformed = 0;
  #head: string[] = [];

  /** `name` is what messages call it. */
  constructor(readonly name: string) {}

  /** Takes the next lines: the first of them that any format understands decide on it. */
  add(lines: readonly string[]): LogEntry[] {
    if (this.format) return this.#read(this.format, lines);
    this.#head.push(...lines);
    this.format = detect(lines);
    return this.format ? this.#read(this.format, this.#head.splice(0)) : [];
  }

  /** So many lines were not understood, and none was. */
  get unknownLines(): number {
    return this.#head.length;
  }

  /** There is no sense in reading on. */
  get isForeign(): boolean {
    return this.unknownLines >= MAX_FOREIGN_LINES;
  }

  #read(format: Format, lines: readonly string[]): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const line of lines) {
      this.lines += 1;
      const entry = format.read(line);
      if (entry) entries.push(entry);
      else if (line.trim() !== '') this.#pass();
    }
    return entries;
  }

  #pass(): void {
    this.malformed += 1;
    if (this.malformed === 1) this.firstMalformed = this.lines;
  }
}
