/** One mistake in an input: where it is and how to fix it. Line 0 means the whole file. */
export interface Problem {
  file: string;
  line: number;
  message: string;
}

/** A value, or why there is none. Problems are data; only cli/ prints them. */
export type Result<T, E = string> = { ok: true; value: T } | { ok: false; error: E };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });
export const err = <E>(error: E): { ok: false; error: E } => ({ ok: false, error });

/** `search.pool:7: Max=1 is less than Min=2`, the format from which editors jump to a line. */
export const formatProblem = ({ file, line, message }: Problem): string =>
  line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`;
