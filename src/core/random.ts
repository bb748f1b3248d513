// Randomness as a function, not a state: Threefry2x32-20 (Salmon et al. 2011, Random123). Only add, xor and rotate, so
// WGSL and TypeScript give the same bits. Key = (seed, purpose), counter = (step, index): masks, crops, initial weights
// and shuffles need nothing saved, and a resumed run is exact by construction.

/** 64 bits that choose a stream. */
export interface Key {
  a: number;
  b: number;
}

const parity = 0x1bd11bda;

/** Two random words for key (k0, k1) and counter (c0, c1), all u32. */
export function threefry(k0: number, k1: number, c0: number, c1: number): [number, number] {
  // the keys of the next injection; they take turns
  let [a, b, c] = [k1, parity ^ k0 ^ k1, k0];
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  for (let injection = 1; injection <= 5; injection++) {
    // four rounds, written out: masks draw millions of numbers
    if (injection & 1) {
      x = (x + y) | 0;
      y = ((y << 13) | (y >>> 19)) ^ x;
      x = (x + y) | 0;
      y = ((y << 15) | (y >>> 17)) ^ x;
      x = (x + y) | 0;
      y = ((y << 26) | (y >>> 6)) ^ x;
      x = (x + y) | 0;
      y = ((y << 6) | (y >>> 26)) ^ x;
    } else {
      x = (x + y) | 0;
      y = ((y << 17) | (y >>> 15)) ^ x;
      x = (x + y) | 0;
      y = ((y << 29) | (y >>> 3)) ^ x;
      x = (x + y) | 0;
      y = ((y << 16) | (y >>> 16)) ^ x;
      x = (x + y) | 0;
      y = ((y << 24) | (y >>> 8)) ^ x;
    }
    x = (x + a) | 0;
    y = (y + b + injection) | 0;
    const used = a;
    a = b;
    b = c;
    c = used;
  }
  return [x >>> 0, y >>> 0];
}

/** Largest seed that is told from all others. */
export const mostSeed = Number.MAX_SAFE_INTEGER;

/** Key of a purpose ("masks", "crops", …) under a seed. */
export function makeKey(seed: number, purpose: string): Key {
  // FNV-1a folds the name into a word; the seed takes the other, with its high part mixed in.
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193) >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  const [a, b] = threefry(seed >>> 0, hash, high, 0);
  return { a, b };
}

/** Uniform in [0, 1), a multiple of 2^-32. */
export function uniform(key: Key, step: number, index: number): number {
  return threefry(key.a, key.b, step, index)[0] / 2 ** 32;
}

/** Uniform in 0 … n - 1. */
export function integer(key: Key, step: number, index: number, n: number): number {
  return Math.floor(uniform(key, step, index) * n);
}

/** Standard normal (Box–Muller on both words). */
export function normal(key: Key, step: number, index: number): number {
  const [x, y] = threefry(key.a, key.b, step, index);
  return Math.sqrt(-2 * Math.log((x + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * y) / 2 ** 32);
}

/** A random order of 0 … n - 1 (Fisher–Yates). */
export function permutation(key: Key, step: number, n: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = integer(key, step, i, i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
