/** The rows of the benchmarks, in the order of the page. */
export const ROWS = ['kills', 'hang', 'spawn', 'steady', 'roll', 'step', 'path', 'self'] as const;
export type RowName = (typeof ROWS)[number];

/** A figure of a subject: a value for each round; null: it did not happen in time. */
export interface Figure {
  row: RowName;
  /** The heading of its column, such as `failed`. */
  name: string;
  /** `ms`, `s`, `MB`, `%`, `req/s` or empty: a count. */
  unit: string;
  subject: string;
  values: (number | null)[];
}

/** A row that was not measured for a subject, and why. */
export interface Gap {
  row: RowName;
  subject: string;
  why: string;
}

/** Where and how the figures were measured. */
export interface Setting {
  /** ISO 8601 */
  date: string;
  cores: number;
  /** Model name. */
  processor: string;
  memoryMb: number;
  kernel: string;
  /** By program. */
  versions: Record<string, string>;
  rounds: number;
  /** One short round: the page says that it proves nothing. */
  quick: boolean;
  seconds: number;
}

/** The raw data of a run. */
export interface Results {
  setting: Setting;
  /** By name: what it is and how it was set up. */
  subjects: Record<string, string>;
  figures: Figure[];
  gaps: Gap[];
}
