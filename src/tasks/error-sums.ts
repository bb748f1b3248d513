// Errors added up over draws, by token or by what tokens have in common.

import type { ErrorGroup, TokenErrors } from '../protocol/looking.ts';

export class ErrorSums {
  readonly count: Int32Array<ArrayBuffer>;
  readonly #error: Float64Array;
  readonly #mean: Float64Array;
  readonly #copy: Float64Array;

  /** `places`: tokens, or groups of them */
  constructor(places: number) {
    this.count = new Int32Array(places);
    this.#error = new Float64Array(places);
    this.#mean = new Float64Array(places);
    this.#copy = new Float64Array(places);
  }

  /** Errors of one prediction and of the two baselines in its stead. */
  add(place: number, error: number, mean: number, copy: number): void {
    this.count[place]++;
    this.#error[place] += error;
    this.#mean[place] += mean;
    this.#copy[place] += copy;
  }

  /** Adds all that another has at one of its places. */
  take(place: number, other: ErrorSums, from: number): void {
    this.count[place] += other.count[from];
    this.#error[place] += other.#error[from];
    this.#mean[place] += other.#mean[from];
    this.#copy[place] += other.#copy[from];
  }

  /** Means; NaN where nothing was added. */
  means(): TokenErrors {
    const over = (sums: Float64Array) => Float32Array.from(sums, (sum, i) => sum / this.count[i]);
    return { count: this.count, error: over(this.#error), mean: over(this.#mean), copy: over(this.#copy) };
  }

  /** The places that something was added to; `range` says what they have in common. */
  groups(range: (place: number) => [number, number]): ErrorGroup[] {
    const groups: ErrorGroup[] = [];
    for (const [place, n] of this.count.entries()) {
      if (!n) continue;
      const [low, high] = range(place);
      const over = (sums: Float64Array) => sums[place] / n;
      groups.push({ low, high, targets: n, error: over(this.#error), mean: over(this.#mean), copy: over(this.#copy) });
    }
    return groups;
  }
}
