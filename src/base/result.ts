/** One mistake in an input, with where it is and how to mend it. Line 0 means the file as a whole. */
export interface Problem {
  file: string;
  line: number;
  message: string;
}

/** Either a value or the reasons why there is none. Problems are data; only cli/ prints them. */
export type Result<T, E = string> = { ok: true; value: T } | { ok: false; error: E };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });
export const err = <E>(error: E): { ok: false; error: E } => ({ ok: false, error });

/** `search.pool:7: Max=1 is less than Min=2`, the form in which editors jump to a line. */
export const formatProblem = ({ file, line, message }: Problem): string =>
  line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`;
