// Steps of a compiled plan on their way to the GPU: each is one submit, its numbers come back behind it through a ring of
// staging buffers, and a step never waits for its own numbers, only for a free place.

import { StudioError } from '../core/errors.ts';
import type { Program, StepValues } from './program.ts';
import { Ring } from './readback.ts';
import { root, type Tensor } from './tensor.ts';

export class Flight {
  readonly #program: Program;
  readonly #ring: Ring;
  readonly #depth: number;
  readonly #reads: { tensor: Tensor; bytes: number; offset: number }[];
  readonly #flying: Promise<unknown>[] = [];

  /** `reads`: what comes back of every step, each at its largest; `depth`: steps on their way at once. */
  constructor(program: Program, reads: readonly Tensor[], depth: number) {
    this.#program = program;
    this.#depth = depth;
    let offset = 0;
    this.#reads = reads.map((tensor) => {
      const bytes = program.plan.mostOf(tensor.rows) * tensor.cols * 4;
      offset += bytes;
      return { tensor, bytes, offset: offset - bytes };
    });
    this.#ring = new Ring(program.device, offset, depth);
  }

  /** Waits for a free place; inputs may be written then. */
  async place(): Promise<void> {
    while (this.#flying.length >= this.#depth) await this.#flying[0];
  }

  /** Submits the plan once and hands what comes back, one array per read, to `read`. A place must be free. */
  submit<T>(values: StepValues, read: (arrays: Float32Array<ArrayBuffer>[]) => T | Promise<T>): Promise<T> {
    const staging = this.#ring.take();
    if (!staging) throw new StudioError('internal', 'no place in the read-back ring');
    try {
      this.#program.submit(values, (encoder) => {
        for (const { tensor, bytes, offset } of this.#reads) {
          const { buffer, offset: from } = root(tensor).place!;
          encoder.copyBufferToBuffer(buffer, from, staging, offset, bytes);
        }
      });
    } catch (error) {
      this.#ring.giveBack(staging);
      throw error;
    }
    const result = this.#ring
      .collect(staging)
      .then((all) => read(this.#reads.map(({ bytes, offset }) => new Float32Array(all, offset, bytes / 4))));
    const settled = result.then(
      () => {},
      () => {},
    );
    this.#flying.push(settled);
    void settled.then(() => this.#flying.splice(this.#flying.indexOf(settled), 1));
    return result;
  }

  /** Waits for every step on its way. */
  async drain(): Promise<void> {
    await Promise.all(this.#flying);
  }

  destroy(): void {
    this.#ring.destroy();
  }
}
