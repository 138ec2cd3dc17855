/** Within a span: connections seen to end, those that nginx's reports let expect, and its reports. */
export interface Heard {
  ended: number;
  /** Of them, those that a request which woke the pool made: none of these is missed. */
  woken: number;
  /** How many connections of the reported requests samples should have seen. */
  expected: number;
  reported: number;
}

/** Nothing yet. */
export const NONE: Heard = { ended: 0, woken: 0, expected: 0, reported: 0 };

const add = (a: Heard, b: Heard, sign: 1 | -1 = 1): Heard => ({
  ended: a.ended + sign * b.ended,
  woken: a.woken + sign * b.woken,
  expected: a.expected + sign * b.expected,
  reported: a.reported + sign * b.reported,
});

/** Sums over the last while. */
export class Recent {
  #all: (Heard & { at: number })[] = [];
  sum = NONE;

  /** `length`: ms. */
  constructor(readonly length: number) {}

  add(at: number, heard: Heard): void {
    if (heard.ended > 0 || heard.reported > 0) this.#all.push({ ...heard, at });
    this.sum = add(this.sum, heard);
    while (this.#all[0] && at - this.#all[0].at >= this.length)
      this.sum = add(this.sum, this.#all.shift() ?? NONE, -1);
  }
}
