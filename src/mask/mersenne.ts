// MT19937 (Matsumoto and Nishimura 1998), the generator behind torch.Generator on the CPU. Needed to replay the official
// mask sequence; everything of ours uses core/random.ts.

export class MersenneTwister {
  #state = new Uint32Array(624);
  #at = 624;

  constructor(seed: number) {
    this.#state[0] = seed >>> 0;
    for (let i = 1; i < 624; i++) {
      const before = this.#state[i - 1] ^ (this.#state[i - 1] >>> 30);
      this.#state[i] = Math.imul(before, 1812433253) + i;
    }
  }

  /** The next 32 random bits. */
  next(): number {
    if (this.#at === 624) this.#twist();
    let y = this.#state[this.#at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** torch.rand in f32: 24 bits. */
  uniform(): number {
    return (this.next() & 0xffffff) / 2 ** 24;
  }

  /** torch.randint(0, n) for n below 2^32. */
  integer(n: number): number {
    return this.next() % n;
  }

  #twist(): void {
    const s = this.#state;
    for (let i = 0; i < 624; i++) {
      const y = (s[i] & 0x80000000) | (s[(i + 1) % 624] & 0x7fffffff);
      s[i] = s[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }
}
