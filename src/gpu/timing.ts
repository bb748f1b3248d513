// How long a compiled plan takes on the GPU: by timestamps where the device has them, else by the wall clock.

import { freeBuffer, makeBuffer } from './held.ts';
import type { Program, StepValues } from './program.ts';

/** CPU seconds of the whole machine's browser so far; only a script beside the browser can know them. */
export type CpuMeter = () => Promise<number>;

export interface Timing {
  /** of one replay of the plan */
  milliseconds: number;
  /** CPU milliseconds of one replay, when there is a meter: on a software adapter they repeat, wall time does not */
  cpuMilliseconds: number | null;
}

/** Times replays of a plan. Warm-up and one trial come first; then as many replays as fill the time. */
export class Stopwatch {
  readonly device: GPUDevice;
  readonly #meter: CpuMeter | null;
  readonly #queries: { set: GPUQuerySet; resolved: GPUBuffer; staging: GPUBuffer } | null;

  constructor(device: GPUDevice, meter: CpuMeter | null) {
    this.device = device;
    this.#meter = meter;
    this.#queries = device.features.has('timestamp-query')
      ? {
          set: device.createQuerySet({ type: 'timestamp', count: 2 }),
          resolved: makeBuffer(device, { size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC }),
          staging: makeBuffer(device, { size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }),
        }
      : null;
  }

  /** `fill`: milliseconds that the timed replays should take together. */
  async time(program: Program, values: StepValues, fill: number): Promise<Timing> {
    program.write(values);
    await this.#replay(program, values, 1);
    const trial = await this.#replay(program, values, 1);
    const times = Math.max(1, Math.min(500, Math.round(fill / Math.max(trial, 0.01))));
    const before = await this.#meter?.();
    const milliseconds = (await this.#replay(program, values, times)) / times;
    const after = await this.#meter?.();
    const cpu = before === undefined || after === undefined ? null : ((after - before) * 1000) / times;
    return { milliseconds, cpuMilliseconds: cpu };
  }

  /** Milliseconds of `times` replays in one pass. */
  async #replay(program: Program, values: StepValues, times: number): Promise<number> {
    const { device } = this;
    const encoder = device.createCommandEncoder();
    const queries = this.#queries;
    const writes = queries
      ? { querySet: queries.set, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 }
      : undefined;
    program.encode(encoder, values, times, writes);
    if (queries) {
      encoder.resolveQuerySet(queries.set, 0, 2, queries.resolved, 0);
      encoder.copyBufferToBuffer(queries.resolved, 0, queries.staging, 0, 16);
    }
    const started = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    const wall = performance.now() - started;
    if (!queries) return wall;
    await queries.staging.mapAsync(GPUMapMode.READ);
    const [begin, end] = new BigUint64Array(queries.staging.getMappedRange().slice(0));
    queries.staging.unmap();
    // browsers may round timestamps coarsely; a span that came out as nothing is taken from the wall clock
    return end > begin ? Number(end - begin) / 1e6 : wall;
  }

  destroy(): void {
    if (!this.#queries) return;
    this.#queries.set.destroy();
    freeBuffer(this.#queries.resolved);
    freeBuffer(this.#queries.staging);
  }
}
