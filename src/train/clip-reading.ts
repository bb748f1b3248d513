// One clip read by a frozen encoder, with everything that may be looked at kept on the GPU: features behind every layer,
// and of every block what its attention can be made again from. The weights are needed only while it is made.

import { gridOf, type ModelConfig } from '../core/config.ts';
import { type Grid, tokenCount } from '../core/grid.ts';
import type { Variant } from '../core/variant.ts';
import type { Arena } from '../gpu/arena.ts';
import type { PipelineCache } from '../gpu/kernel.ts';
import { Plan } from '../gpu/plan.ts';
import { compile, type Program, programBytes } from '../gpu/program.ts';
import { readTensor } from '../gpu/readback.ts';
import { root, type Tensor } from '../gpu/tensor.ts';
import { encode } from '../model/encoder.ts';
import { clipShape, packFull } from '../model/pack.ts';
import { mostTiles } from '../ops/attention.ts';
import { type Attended, attentionDistances, attentionShares } from '../ops/token-attention.ts';

/** How far attention reaches, by block and head, (depth, H). */
export interface AttentionReach {
  /** within the frame, Euclid, in patches */
  space: Float32Array<ArrayBuffer>;
  /** in tubelets */
  time: Float32Array<ArrayBuffer>;
}

/** The attention of one token, in every block. */
interface Looks {
  program: Program;
  shares: Tensor[];
}

/** What it is asked for is made once; what failed, as where memory was short, is made again when it is asked for again. */
export class ClipReading {
  readonly grid: Grid;
  readonly channels: number;
  readonly depth: number;
  readonly heads: number;
  readonly #program: Program;
  readonly #clip: Tensor;
  /** (N, C) each */
  readonly #layers: Tensor[];
  readonly #blocks: Attended[];
  readonly #features = new Map<number, Promise<Float32Array<ArrayBuffer>>>();
  #looks: Promise<Looks> | null = null;
  #reach: Promise<AttentionReach> | null = null;

  private constructor(program: Program, clip: Tensor, layers: Tensor[], blocks: Attended[], model: ModelConfig) {
    this.#program = program;
    this.#clip = clip;
    this.#layers = layers;
    this.#blocks = blocks;
    this.grid = gridOf(model);
    this.channels = model.dim;
    this.depth = model.depth;
    this.heads = model.heads;
  }

  static async create(
    pipelines: PipelineCache,
    arena: Arena,
    model: ModelConfig,
    variant: Variant,
  ): Promise<ClipReading> {
    const grid = gridOf(model);
    const N = tokenCount(grid);
    const tiles = mostTiles(N, 0);
    const plan = new Plan({ most: {}, variant });
    const clip = plan.input('clip', 1, 3 * model.frames * model.crop * model.crop);
    const set = {
      rows: N,
      tokens: plan.input('tokens', N, 2, 'u32'),
      positions: plan.input('positions', N, 1, 'u32'),
      tiles: { table: plan.input('tiles', tiles, 4, 'u32'), count: tiles },
    };
    const sizes = { depth: model.depth, heads: model.heads, shape: clipShape(model) };
    plan.frozen(() => encode(plan, arena, sizes, clip, set, 'read'));
    const kept = (name: string) => plan.keep(plan.find(`read/${name}`));
    const names = ['patch_embed.proj', ...range(model.depth).map((i) => `blocks.${i}.mlp.fc2`), 'norm'];
    const layers = names.map(kept);
    const blocks = range(model.depth).map((i) => ({
      qkv: kept(`blocks.${i}.attn.qkv`),
      lse: kept(`blocks.${i}.attn.lse`),
      grid,
    }));
    const program = await compile(plan, pipelines);
    const full = packFull(1, N);
    program.put(set.tokens, full.tokens);
    program.put(set.positions, full.positions);
    program.put(set.tiles.table, full.tiles);
    return new ClipReading(program, clip, layers, blocks, model);
  }

  get device(): GPUDevice {
    return this.#program.device;
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return programBytes(this.#program.memory);
  }

  /** Reads a clip (3, T, S, S); what was known of another is forgotten. */
  read(clip: Float32Array<ArrayBuffer>): void {
    this.#features.clear();
    this.#reach = null;
    this.#program.put(this.#clip, clip);
    this.#program.submit({});
  }

  /** Features behind a layer, (N, C). */
  features(layer: number): Promise<Float32Array<ArrayBuffer>> {
    const known = this.#features.get(layer);
    if (known) return known;
    const values = readTensor(this.device, this.#layers[layer], tokenCount(this.grid) * this.channels);
    this.#features.set(layer, values);
    values.catch(() => {
      if (this.#features.get(layer) === values) this.#features.delete(layer);
    });
    return values;
  }

  /** Shares of all tokens in the attention of one, in every block and head, (depth, H, N). */
  async attention(pipelines: PipelineCache, variant: Variant, token: number): Promise<Float32Array<ArrayBuffer>> {
    const { program, shares } = await this.#preparedLooks(pipelines, variant);
    program.submit({ token });
    const size = this.heads * tokenCount(this.grid);
    const parts = await Promise.all(shares.map((t) => readTensor(this.device, t, size)));
    const out = new Float32Array(parts.length * size);
    parts.forEach((part, i) => out.set(part, i * size));
    return out;
  }

  #preparedLooks(pipelines: PipelineCache, variant: Variant): Promise<Looks> {
    if (this.#looks) return this.#looks;
    const looks = this.#prepareLooks(pipelines, variant);
    this.#looks = looks;
    looks.catch(() => (this.#looks = null));
    return looks;
  }

  async #prepareLooks(pipelines: PipelineCache, variant: Variant): Promise<Looks> {
    const plan = new Plan({ most: {}, variant });
    const shares = this.#blocks.map((from, i) => plan.keep(attentionShares(plan, held(from), 'token', `shares ${i}`)));
    return { program: await compile(plan, pipelines), shares };
  }

  /** How far attention reaches: the mean over all tokens. */
  reach(pipelines: PipelineCache, variant: Variant): Promise<AttentionReach> {
    if (this.#reach) return this.#reach;
    const reach = this.#measureReach(pipelines, variant);
    this.#reach = reach;
    reach.catch(() => {
      if (this.#reach === reach) this.#reach = null;
    });
    return reach;
  }

  async #measureReach(pipelines: PipelineCache, variant: Variant): Promise<AttentionReach> {
    const [N, H] = [tokenCount(this.grid), this.heads];
    const plan = new Plan({ most: {}, variant });
    const far = this.#blocks.map((from, i) => plan.keep(attentionDistances(plan, held(from), `far ${i}`)));
    const program = await compile(plan, pipelines);
    try {
      program.submit({});
      const space = new Float32Array(far.length * H);
      const time = new Float32Array(far.length * H);
      for (const [block, tensor] of far.entries()) {
        const values = await readTensor(this.device, tensor, N * 2 * H);
        for (let h = 0; h < H; h++) {
          let sums = [0, 0];
          for (let n = 0; n < N; n++) sums = [sums[0] + values[(n * H + h) * 2], sums[1] + values[(n * H + h) * 2 + 1]];
          [space[block * H + h], time[block * H + h]] = [sums[0] / N, sums[1] / N];
        }
      }
      return { space, time };
    } finally {
      program.destroy();
    }
  }

  destroy(): void {
    this.#program.destroy();
    this.#looks?.then(
      ({ program }) => program.destroy(),
      () => {}, // told to who asked for it
    );
  }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Tensors of a compiled plan, as another plan binds them: their memory is there and stays. */
const held = ({ qkv, lse, grid }: Attended): Attended => {
  const there = (t: Tensor): Tensor => ({ ...t, role: 'state', place: root(t).place, alias: null });
  return { qkv: there(qkv), lse: there(lse), grid };
};
