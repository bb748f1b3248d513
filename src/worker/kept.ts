// Results that are kept by name, up to so much; what was used longest ago goes first.

export class Kept<T> {
  readonly #most: number;
  readonly #weight: (value: T) => number;
  readonly #drop: (value: T) => void;
  readonly #values = new Map<string, T>();

  /** `most` of the sum of weights; the newest stays whatever it weighs. `drop` frees what goes. */
  constructor(most: number, weight: (value: T) => number = () => 1, drop: (value: T) => void = () => {}) {
    this.#most = most;
    this.#weight = weight;
    this.#drop = drop;
  }

  get(name: string): T | undefined {
    const value = this.#values.get(name);
    if (value !== undefined) {
      this.#values.delete(name);
      this.#values.set(name, value);
    }
    return value;
  }

  put(name: string, value: T): void {
    this.forget(name);
    this.#values.set(name, value);
    let sum = 0;
    for (const v of this.#values.values()) sum += this.#weight(v);
    for (const [oldest, v] of this.#values) {
      if (sum <= this.#most || this.#values.size === 1) break;
      sum -= this.#weight(v);
      this.forget(oldest);
    }
  }

  clear(): void {
    for (const name of this.#values.keys()) this.forget(name);
  }

  forget(name: string): void {
    const value = this.#values.get(name);
    if (value === undefined) return;
    this.#values.delete(name);
    this.#drop(value);
  }
}
