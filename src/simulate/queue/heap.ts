/** A min-heap of values by numeric key. The order of equal keys is the same in each run. */
export class Heap<T> {
  #keys: number[] = [];
  #values: T[] = [];

  get size(): number {
    return this.#keys.length;
  }

  /** The least key; infinite when empty. */
  get least(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  push(key: number, value: T): void {
    let at = this.#keys.length;
    for (let up = (at - 1) >> 1; at > 0 && this.#key(up) > key; up = (at - 1) >> 1) {
      this.#move(up, at);
      at = up;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** Removes the value with the least key; `size` must not be 0. */
  pop(): T {
    const [first] = this.#values;
    const [key, value] = [this.#keys.pop(), this.#values.pop()];
    if (key === undefined || this.#keys.length === 0) return value as T;
    this.#sink(key, value as T);
    return first as T;
  }

  #key(at: number): number {
    return this.#keys[at] ?? Number.POSITIVE_INFINITY;
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#key(from);
    this.#values[to] = this.#values[from] as T;
  }

  /** Inserts at the top and moves down to where no child is less. */
  #sink(key: number, value: T): void {
    let at = 0;
    for (let down = this.#lesserBelow(at); this.#key(down) < key; down = this.#lesserBelow(at)) {
      this.#move(down, at);
      at = down;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  #lesserBelow(at: number): number {
    const left = 2 * at + 1;
    return this.#key(left + 1) < this.#key(left) ? left + 1 : left;
  }
}
