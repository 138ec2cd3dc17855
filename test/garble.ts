/** Seeded pseudo-random numbers: a linear congruential generator (Numerical Recipes). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  pick<T>(list: readonly T[]): T {
    const one = list[this.below(list.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }
}

/** Characters that parsers tend to mishandle. */
const SPECIAL = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '%',
  '%0',
  '?',
  '&',
  '=',
  '\xff',
  '9',
  '-',
  ',',
];

type Change = (text: string, random: Random) => string;

const changes: readonly Change[] = [
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(SPECIAL) + text.slice(at);
  },
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.below(8));
  },
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at, at + 40).repeat(1 + random.below(5)) + text.slice(at);
  },
];

/** One or two of the texts, with up to five changes. */
export function garble(texts: readonly string[], random: Random): string {
  let text = random.pick(texts) + (random.below(3) === 0 ? random.pick(texts) : '');
  for (let i = random.below(5); i >= 0; i--) text = random.pick(changes)(text, random);
  return text;
}
