// What reference checks of kernels stand on: a plan with inputs and a reader, arenas with a case's weights, and the
// comparison of every gradient.

import { createArenas, type Arena, type ParameterSpec } from '../../gpu/arena.ts';
import { writeParameter } from '../write-parameter.ts';
import { Plan } from '../../gpu/plan.ts';
import { compile, type Program } from '../../gpu/program.ts';
import { readBuffer, readTensor } from '../../gpu/readback.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { TokenTables } from '../../model/pack.ts';
import { runOnce, testPipelines } from '../check-operation.ts';
import type { Comparison, ReferenceCase } from '../reference.ts';
import { referenceForm } from './variant.ts';

/** A plan, its inputs with values, and a reader; what every check here needs. */
export class Bench {
  readonly plan = new Plan({
    most: {},
    variant: referenceForm().variant,
    recompute: referenceForm().recompute,
    keepAll: true,
  });
  #writes: { t: Tensor; values: ArrayLike<number> }[] = [];
  program: Program | null = null;

  input(name: string, rows: number, cols: number, values: ArrayLike<number>, gradient = false): Tensor {
    const t = this.plan.input(name, rows, cols);
    t.needsGradient = gradient;
    this.#writes.push({ t, values });
    return t;
  }

  table(name: string, rows: number, cols: number, values: ArrayLike<number>): Tensor {
    const t = this.plan.input(name, rows, cols, 'u32');
    this.#writes.push({ t, values });
    return t;
  }

  tokenSet(name: string, tables: TokenTables) {
    const rows = tables.positions.length;
    return {
      rows,
      tokens: this.table(`${name}.tokens`, rows, 2, tables.tokens),
      positions: this.table(`${name}.positions`, rows, 1, tables.positions),
      tiles: { table: this.table(`${name}.tiles`, tables.tiles.length / 4, 4, tables.tiles), count: tables.tiles.length / 4 },
    };
  }

  /** The gradient that the backward pass starts from at `t`. */
  seed(t: Tensor, values: ArrayLike<number>): void {
    this.plan.seedGradient(t, this.input(`seed ${t.name}`, t.rows as number, t.cols, values));
  }

  async run(): Promise<void> {
    const pipelines = await testPipelines();
    this.program = await compile(this.plan, pipelines);
    for (const { t, values } of this.#writes)
      this.program.put(t, t.type === 'u32' ? Uint32Array.from(values) : Float32Array.from(values));
    await runOnce(this.program, {});
  }

  async read(t: Tensor): Promise<Float32Array<ArrayBuffer>> {
    const { device } = await testPipelines();
    return readTensor(device, t, (t.rows as number) * t.cols);
  }

  named(name: string): Promise<Float32Array<ArrayBuffer>> {
    return this.read(this.plan.find(name));
  }
}

/** An arena with the case's weights. */
export async function loadArena(label: string, specs: ParameterSpec[], c: ReferenceCase, prefix: string, optimiser: boolean): Promise<Arena> {
  const { device } = await testPipelines();
  const arena = await createArenas(device, 'a case', (create) => create(label, specs, optimiser));
  for (const name of c.names(prefix)) writeParameter(device, arena, name.slice(prefix.length), c.tensor(name).data as Float32Array);
  return arena;
}

/** Compares every stored gradient `prefix…` with the gradient arena. */
export async function compareGradients(arena: Arena, c: ReferenceCase, comparison: Comparison, prefix: string): Promise<void> {
  const { device } = await testPipelines();
  const values = await readBuffer(device, arena.gradients!.place!.buffer, 0, arena.size);
  for (const name of c.names(prefix)) {
    const p = arena.parameters.get(name.slice(prefix.length));
    if (p) comparison.compare(name, values.subarray(p.offset, p.offset + p.size));
  }
}
