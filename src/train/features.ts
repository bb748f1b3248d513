// Frozen features: whole clips through an encoder, nothing masked, nothing learnt. What probes, maps and pictures are made of.

import { gridOf, type ModelConfig } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import type { Variant } from '../core/variant.ts';
import type { Arena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile, type Program, programBytes, programMemory } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { encode } from '../model/encoder.ts';
import { clipShape, packFull } from '../model/pack.ts';
import { mostTiles } from '../ops/attention.ts';

export class FeatureReader {
  readonly tokens: number;
  readonly dim: number;
  /** clips of the largest batch */
  readonly batch: number;
  readonly #program: Program;
  readonly #clips: Tensor;
  readonly #features: Tensor;
  readonly #tiles: number;

  private constructor(program: Program, clips: Tensor, features: Tensor, model: ModelConfig, batch: number) {
    this.#program = program;
    this.#clips = clips;
    this.#features = features;
    this.tokens = tokenCount(gridOf(model));
    this.dim = model.dim;
    this.batch = batch;
    this.#tiles = mostTiles(this.tokens, 0);
  }

  /** Compiles the frozen encoder for up to `batch` clips; `arena` may be trained on, its weights are read as they are. */
  static async create(
    pipelines: PipelineCache,
    arena: Arena,
    model: ModelConfig,
    batch: number,
    variant: Variant,
  ): Promise<FeatureReader> {
    const { plan, clips, set, features } = recordReading(arena, model, batch, variant);
    const reader = new FeatureReader(await compile(plan, pipelines), clips, features, model, batch);
    const full = packFull(batch, reader.tokens); // a smaller batch uses the first entries
    reader.#program.put(set.tokens, full.tokens);
    reader.#program.put(set.positions, full.positions);
    reader.#program.put(set.tiles.table, full.tiles);
    return reader;
  }

  /** clips (b, 3, T, S, S) → features (b, N, C), after the final norm. */
  async read(clips: Float32Array<ArrayBuffer>, b: number): Promise<Float32Array<ArrayBuffer>> {
    const { device } = this.#program;
    this.#program.put(this.#clips, clips);
    const values = { rows: b * this.tokens, tiles: b * this.#tiles };
    this.#program.submit(values);
    return readTensor(device, this.#features, b * this.tokens * this.dim);
  }

  destroy(): void {
    this.#program.destroy();
  }
}

function recordReading(arena: Arena, model: ModelConfig, batch: number, variant: Variant) {
  const tokens = tokenCount(gridOf(model));
  const plan = new Plan({ most: { rows: batch * tokens, tiles: batch * mostTiles(tokens, 0) }, variant });
  const clips = plan.input('clips', batch, 3 * model.frames * model.crop * model.crop);
  const set = {
    rows: 'rows',
    tokens: plan.input('tokens', 'rows', 2, 'u32'),
    positions: plan.input('positions', 'rows', 1, 'u32'),
    tiles: { table: plan.input('tiles', 'tiles', 4, 'u32'), count: 'tiles' },
  };
  const sizes = { depth: model.depth, heads: model.heads, shape: clipShape(model) };
  const features = plan.keep(plan.frozen(() => encode(plan, arena, sizes, clips, set, 'frozen'))); // (rows, C)
  return { plan, clips, set, features };
}

/** GPU bytes of a reader without the encoder's weights; nothing is allocated. */
export const readingMemory = (arena: Arena, model: ModelConfig, batch: number, variant: Variant): number =>
  programBytes(programMemory(recordReading(arena, model, batch, variant).plan));
