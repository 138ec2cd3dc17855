import { err, ok, type Result } from '../../base/result.ts';
import { rangesOf } from '../../model/slots.ts';
import type { Parse } from './values.ts';

/** More instances of one pool than a machine runs. */
const MAX_SLOTS = 1000;

/** The highest TCP port; the slots of unix pools have the same range, so that all unit names have one form. */
const MAX_PORT = 65_535;

const TOO_MANY = err(`names more than ${MAX_SLOTS} slots, the most a pool can have: name fewer`);

function parseRange(part: string): Result<number[]> {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || from < 1 || Math.max(from, to) > MAX_PORT)
    return err(`: "${part}" is not a number or range from 1 to ${MAX_PORT}: write 8000-8009`);
  if (from > to) return err(`: ${part} runs backwards: write ${to}-${from}`);
  if (to - from >= MAX_SLOTS) return TOO_MANY;
  return ok(Array.from({ length: to - from + 1 }, (_, i) => from + i));
}

function checkDistinct(numbers: readonly number[]): Result<number[]> {
  const sorted = [...numbers].sort((a, b) => a - b);
  const twice = sorted.find((n, i) => n === sorted[i - 1]);
  if (twice !== undefined) return err(`names ${twice} twice: remove one`);
  return sorted.length > MAX_SLOTS ? TOO_MANY : ok(sorted);
}

/** `8000-8009`, `8000, 8002 8010-8012`: numbers from 1 to 65535, ascending, at most 1000. */
export const slotSet: Parse<number[]> = text => {
  const all: number[] = [];
  for (const part of text.split(/[\s,]+/).filter(part => part !== '')) {
    const numbers = parseRange(part);
    if (!numbers.ok) return numbers;
    all.push(...numbers.value);
    if (all.length > 2 * MAX_SLOTS) return TOO_MANY;
  }
  return all.length === 0 ? err('names no slot: write 8000-8009') : checkDistinct(all);
};

/** Formats ascending numbers as ranges: `8000-8003, 8007`. */
export const formatSlots = (numbers: readonly number[]): string =>
  rangesOf(numbers)
    .map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
    .join(', ');
