import type { Notes } from './notes.ts';
import type { RowName } from './results.ts';
import type { Subject } from './subject.ts';

/** What a row may look at. */
export interface Context {
  notes: Notes;
  round: number;
  /** For trying: shorter, and so of no worth. */
  quick: boolean;
}

/** One part of the benchmarks; it has one of the two. */
export interface Row {
  name: RowName;
  /** How many workers each subject runs while the row goes on; 0: the row starts and stops them itself. */
  workers: number;
  /** Whom to measure at the same time, so many of them, after the others one by one: where no ms of CPU time matters. */
  atOnce?: { most: number; who(subject: Subject): boolean };
  /** One round of one subject. */
  measure?(subject: Subject, context: Context): Promise<void>;
  /** After all rounds. */
  finish?(): Promise<void>;
  /** All rounds of all subjects. */
  together?(subjects: readonly Subject[], context: Context, rounds: number): Promise<void>;
}
