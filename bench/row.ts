import type { Notes } from './notes.ts';
import type { RowName } from './results.ts';
import type { Subject } from './subject.ts';

/** What a row needs for a round. */
export interface Context {
  notes: Notes;
  round: number;
  /** A shorter round, for trying the benchmark only. */
  quick: boolean;
}

/** A row of the benchmarks; it has either `measure` or `together`. */
export interface Row {
  name: RowName;
  /** How many workers each subject runs during the row; 0: the row starts and stops them itself. */
  workers: number;
  /** Subjects to measure in groups of `most`, after the others one by one: where CPU time hardly matters. */
  atOnce?: { most: number; who(subject: Subject): boolean };
  /** One round of one subject. */
  measure?(subject: Subject, context: Context): Promise<void>;
  /** After all rounds. */
  finish?(): Promise<void>;
  /** All rounds of all subjects. */
  together?(subjects: readonly Subject[], context: Context, rounds: number): Promise<void>;
}
