/** Reads the time that a request took, ms, out of what a line ends with; null where it does not say. */
export type ReadTook = (rest: string) => number | null;

const SECONDS = /(?:^| )(\d+\.\d+)\s*$/;
const MICROSECONDS = /^ (\d+)\s*$/;

/** nginx's `$request_time` as the last field: seconds, known by the decimal point. */
export const seconds: ReadTook = rest => {
  const text = rest === '' ? undefined : SECONDS.exec(rest)?.[1];
  return text === undefined ? null : Number(text) * 1000;
};

/** Apache's `%D` as the only field after the combined ones: two whole numbers are the bytes of combinedio. */
export const microseconds: ReadTook = rest => {
  const text = rest === '' ? undefined : MICROSECONDS.exec(rest)?.[1];
  return text === undefined ? null : Number(text) / 1000;
};

/** nginx separates the tries of a request so, and groups of tries after an internal redirect. */
const TRIES = /, | : /;

/** nginx's `$upstream_response_time`: seconds of each try, which together are what the workers had to do. */
export function upstreamTimes(text: string): number | null {
  if (!text.includes(' ')) return triedFor(text);
  const tries = text.split(TRIES).map(triedFor);
  return tries.every(ms => ms === null) ? null : tries.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
}

const triedFor = (text: string): number | null => (/^\d+\.\d+$/.test(text) ? Number(text) * 1000 : null);
