/** The parts of the benchmarks, in the order of the page. */
export const ROWS = ['kills', 'hang', 'spawn', 'steady', 'roll', 'step', 'path', 'self'] as const;
export type RowName = (typeof ROWS)[number];

/** One figure of one subject: a value for each round, null where what was waited for did not happen in time. */
export interface Figure {
  row: RowName;
  /** `failed requests`: the heading of its column. */
  name: string;
  /** `ms`, `s`, `MB`, `%`, `req/s` or empty: a count. */
  unit: string;
  subject: string;
  values: (number | null)[];
}

/** A part that was not measured, and why. */
export interface Gap {
  row: RowName;
  subject: string;
  why: string;
}

/** What the figures were measured on. */
export interface Setting {
  /** ISO 8601 */
  date: string;
  cores: number;
  /** of the processor, as the kernel names it */
  processor: string;
  memoryMb: number;
  kernel: string;
  /** of each program, as it tells itself */
  versions: Record<string, string>;
  rounds: number;
  /** One short round: the page says that it proves nothing. */
  quick: boolean;
  seconds: number;
}

/** Everything that a run found: the raw data. */
export interface Results {
  setting: Setting;
  /** By name, what it is and how it was set up. */
  subjects: Record<string, string>;
  figures: Figure[];
  gaps: Gap[];
}
