// Reference checks of the networks: patch embedding, block, encoder, predictor. Through the kernels, the plan and the model
// code that the studio trains with; sizes come from the case.

import { trainArena } from '../../gpu/arena.ts';
import { aggregateSegments, framesAsImages, tubeletSteps } from './aggregate.ts';
import { block, layersOf } from '../../model/block.ts';
import { encode } from '../../model/encoder.ts';
import { packFull, packMasks } from '../../model/pack.ts';
import { blockParameters, encoderParameters, predictorParameters } from '../../model/parameters.ts';
import { predict } from '../../model/predictor.ts';
import { repeatImage } from './repeat-image.ts';
import { linear } from '../../ops/linear.ts';
import { type ClipShape, patches } from '../../ops/patches.ts';
import { tileTable } from '../../ops/attention.ts';
import type { Comparison, ReferenceCase } from '../reference.ts';
import { Bench, compareGradients, loadArena } from './bench.ts';

export async function checkPatchEmbed(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const x = c.tensor('in/x');
  const w = c.tensor('w/proj.weight');
  const [D, , ...kernel] = w.shape;
  const video = kernel.length === 3;
  const [height, width] = x.shape.slice(-2);
  const shape: ClipShape = { frames: video ? x.shape[2] : 1, height, width, tubelet: video ? kernel[0] : 1, patch: kernel[kernel.length - 1] };
  const B = x.shape[0];
  const tokens = (shape.frames / shape.tubelet) * (height / shape.patch) * (width / shape.patch);
  const bench = new Bench();
  const clips = bench.input('clips', B, x.data.length / B, x.data, true);
  const weight = bench.input('w', D, w.data.length / D, w.data, true);
  const bias = bench.input('b', 1, D, c.tensor('w/proj.bias').data, true);
  const set = bench.tokenSet('full', packFull(B, tokens));
  const y = linear(bench.plan, patches(bench.plan, clips, set.tokens, shape, 'patches'), weight, bias, { name: 'y' });
  bench.seed(y, c.tensor('in/gout').data);
  bench.plan.backward();
  await bench.run();
  comparison.compare('out/y', await bench.read(y));
  comparison.compare('grad/x', await bench.read(bench.plan.gradientOf(clips)));
  comparison.compare('grad/proj.weight', await bench.read(bench.plan.gradientOf(weight)));
  comparison.compare('grad/proj.bias', await bench.read(bench.plan.gradientOf(bias)));
}

/** Every stored intermediate of one block. `prefix` names its tensors, `before` is its input, `act` the stored group. */
async function compareBlock(bench: Bench, comparison: Comparison, c: ReferenceCase, o: { act: string; prefix: string; before: Float32Array; heads: number; B: number }) {
  const part = async (name: string, values: () => Promise<ArrayLike<number>>) => {
    if (c.has(`${o.act}.${name}`)) comparison.compare(`${o.act}.${name}`, await values());
  };
  const attended = () => bench.named(`${o.prefix}attn.proj`);
  const minus = (a: Float32Array, b: Float32Array) => a.map((v, i) => v - b[i]);
  await part('norm1', () => bench.named(`${o.prefix}norm1`));
  await part('qkv', () => bench.named(`${o.prefix}attn.qkv`));
  await part('attn_prob', async () => probabilities(await bench.named(`${o.prefix}attn.qkv`), await bench.named(`${o.prefix}attn.lse`), o.heads, o.B));
  await part('attn_out', async () => minus(await attended(), o.before));
  await part('norm2', () => bench.named(`${o.prefix}norm2`));
  await part('fc1', () => bench.named(`${o.prefix}mlp.fc1.pre`));
  await part('gelu', () => bench.named(`${o.prefix}mlp.fc1`));
  await part('mlp_out', async () => minus(await bench.named(`${o.prefix}mlp.fc2`), await attended()));
  await part('out', () => bench.named(`${o.prefix}mlp.fc2`));
}

/** softmax(q kᵀ / √D) from what the kernel keeps: exp(score − lse). (B, heads, N, N) */
function probabilities(qkv: Float32Array, lse: Float32Array, heads: number, B: number): Float32Array {
  const rows = lse.length / heads;
  const N = rows / B;
  const C = qkv.length / rows / 3;
  const D = C / heads;
  const out = new Float32Array(B * heads * N * N);
  let at = 0;
  for (let b = 0; b < B; b++)
    for (let h = 0; h < heads; h++)
      for (let i = b * N; i < (b + 1) * N; i++)
        for (let j = b * N; j < (b + 1) * N; j++) {
          let score = 0;
          for (let k = 0; k < D; k++) score += qkv[i * 3 * C + h * D + k] * qkv[j * 3 * C + C + h * D + k];
          out[at++] = Math.exp(score / Math.sqrt(D) - lse[i * heads + h]);
        }
  return out;
}

export async function checkBlock(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const { heads } = c.config;
  const x = c.tensor('in/x');
  const [B, N, dim] = x.shape;
  const arena = await loadArena('block', blockParameters('', dim, c.config.mlp_ratio ?? 4), c, 'w/', true);
  const bench = new Bench();
  trainArena(bench.plan, arena);
  const input = bench.input('x', B * N, dim, x.data, true);
  const tiles = tileTable(Array.from({ length: B }, () => N));
  const table = { table: bench.table('tiles', tiles.length / 4, 4, tiles), count: tiles.length / 4 };
  const out = block(layersOf(bench.plan, arena, 'block'), '', input, table, heads);
  bench.seed(out, c.tensor('in/gout').data);
  bench.plan.backward();
  await bench.run();
  await compareBlock(bench, comparison, c, { act: 'act/block', prefix: 'block/', before: x.data as Float32Array, heads, B });
  comparison.compare('grad/x', await bench.read(bench.plan.gradientOf(input)));
  await compareGradients(arena, c, comparison, 'grad/');
}

/** Sizes of an encoder from a case. */
export function encoderSizes(c: ReferenceCase, clip: number[]) {
  const g = c.config;
  const video = clip.length === 5;
  const [height, width] = clip.slice(-2);
  const shape: ClipShape = { frames: video ? clip[2] : 1, height, width, tubelet: video ? g.tubelet : 1, patch: g.patch };
  const tokens = (shape.frames / shape.tubelet) * (height / g.patch) * (width / g.patch);
  const specs = encoderParameters({
    tokens,
    frames: shape.frames,
    tubelet: shape.tubelet,
    patch: g.patch,
    dim: g.dim,
    depth: g.depth,
    mlpRatio: g.mlp_ratio ?? 4,
  });
  return { sizes: { depth: g.depth as number, heads: g.heads as number, shape }, tokens, specs };
}

/** Rows of a stored (B, K) index tensor. */
export function maskRows(c: ReferenceCase, name: string): ArrayLike<number>[] {
  const { shape, data } = c.tensor(name);
  return Array.from({ length: shape[0] }, (_, b) => data.slice(b * shape[1], (b + 1) * shape[1]));
}

export async function checkEncoder(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const x = c.tensor('in/x');
  const B = x.shape[0];
  const { sizes, tokens, specs } = encoderSizes(c, x.shape);
  const arena = await loadArena('encoder', specs, c, 'w/', true);
  const bench = new Bench();
  trainArena(bench.plan, arena);
  const clips = bench.input('clips', B, x.data.length / B, x.data, true);
  const passes: { label: string; out: string; K: number }[] = [];
  const sets = c.names('in/masks.').length;
  for (let j = 0; j < sets; j++) {
    const rows = maskRows(c, `in/masks.${j}`);
    const { context } = packMasks([{ context: rows, target: rows.map(() => [0]) }], 1, tokens, c.config.dim);
    const out = encode(bench.plan, arena, sizes, clips, bench.tokenSet(`mask${j}`, context), `mask${j}`);
    bench.seed(out, c.tensor(`in/gout.${j}`).data);
    passes.push({ label: `mask${j}`, out: `out/masked.${j}`, K: rows[0].length });
  }
  // Recorded last, so that its gradient is the first to be written and covers the whole clip.
  const full = encode(bench.plan, arena, sizes, clips, bench.tokenSet('full', packFull(B, tokens)), 'full');
  bench.seed(full, c.tensor('in/gout.full').data);
  passes.push({ label: 'full', out: 'out/full', K: tokens });
  bench.plan.backward();
  await bench.run();
  for (const { label, out } of passes) {
    comparison.compare(out, await bench.named(`${label}/norm`));
    let before = await bench.named(`${label}/patch_embed.proj`);
    if (c.has(`act/${label}/patch`)) {
      const positions = c.tensor('w/pos_embed').data;
      comparison.compare(`act/${label}/patch`, before.map((v, i) => v - positions[i % positions.length]));
    }
    for (let i = 0; i < sizes.depth; i++) {
      const prefix = `${label}/blocks.${i}.`;
      await compareBlock(bench, comparison, c, { act: `act/${label}/block.${i}`, prefix, before, heads: sizes.heads, B });
      before = await bench.named(`${prefix}mlp.fc2`);
    }
  }
  comparison.compare('grad/x', await bench.read(bench.plan.gradientOf(clips)));
  await compareGradients(arena, c, comparison, 'grad/');
}

export async function checkImageRepeat(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const x = c.tensor('in/x');
  const [B, , H, W] = x.shape;
  const clip = repeatImage(x.data as Float32Array, B * 3, c.config.frames);
  const { sizes, tokens, specs } = encoderSizes(c, [B, 3, c.config.frames, H, W]);
  const arena = await loadArena('encoder', specs, c, 'w/', false);
  const bench = new Bench();
  const clips = bench.input('clips', B, clip.length / B, clip);
  const out = encode(bench.plan, arena, sizes, clips, bench.tokenSet('full', packFull(B, tokens)), 'full');
  await bench.run();
  comparison.compare('out/tokens', await bench.read(out));
}

/** Several clips of one video: every segment and view through the encoder in one batch, then joined as a probe gets them. */
export async function checkMultiview(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const g = c.config;
  const byFrame = g.mode === 'frame';
  const pairs = Array.from({ length: g.clips }, (_, s) => Array.from({ length: g.views }, (_v, v) => c.tensor(`in/seg${s}.view${v}`))).flat();
  const [B, , T, H, W] = pairs[0].shape;
  const inputs = pairs.map(({ data }) => (byFrame ? framesAsImages(data as Float32Array, B, T) : (data as Float32Array)));
  const rows = pairs.length * B * (byFrame ? T : 1);
  const { sizes, tokens, specs } = encoderSizes(c, byFrame ? [rows, 3, H, W] : [rows, 3, T, H, W]);
  const arena = await loadArena('encoder', specs, c, 'w/', false);
  const bench = new Bench();
  const all = Float32Array.from(inputs.flatMap((data) => [...data]));
  const clips = bench.input('clips', rows, all.length / rows, all);
  const out = encode(bench.plan, arena, sizes, clips, bench.tokenSet('full', packFull(rows, tokens)), 'full');
  await bench.run();
  const features = await bench.read(out);
  const size = features.length / pairs.length;
  const steps = Array.from({ length: g.clips }, (_, s) => tubeletSteps(c.tensor(`in/seg${s}.indices`).data, byFrame ? 1 : g.tubelet));
  for (let v = 0; v < g.views; v++) {
    const segments = Array.from({ length: g.clips }, (_, s) => features.slice((s * g.views + v) * size, (s * g.views + v + 1) * size));
    const joined = aggregateSegments(segments, {
      B,
      D: g.dim,
      // frame aggregation always joins
      acrossSegments: byFrame || g.attend_across_segments,
      times: g.use_pos_embed ? { steps, rows: g.max_frames } : null,
    });
    if (joined.length === 1 && c.has(`out/view${v}`)) comparison.compare(`out/view${v}`, joined[0]);
    else joined.forEach((tokensOf, s) => comparison.compare(`out/view${v}.seg${s}`, tokensOf));
  }
}

export async function checkPredictor(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const g = c.config;
  const sets = c.names('in/masks_enc.').length;
  const masks = Array.from({ length: sets }, (_, j) => ({ context: maskRows(c, `in/masks_enc.${j}`), target: maskRows(c, `in/masks_pred.${j}`) }));
  const B = masks[0].context.length;
  const tokens = c.tensor('w/predictor_pos_embed').shape[1];
  const maskTokens = c.names('w/mask_tokens.').length;
  const specs = predictorParameters({ tokens, dim: g.dim, predDim: g.pred_dim, predDepth: g.pred_depth, mlpRatio: g.mlp_ratio ?? 4, maskTokens });
  const arena = await loadArena('predictor', specs, c, 'w/', true);
  const pack = packMasks(masks, 1, tokens, g.dim, maskTokens);
  const bench = new Bench();
  trainArena(bench.plan, arena);
  const { Nctx, Ntgt, Npred } = pack.counts;
  const joined = (name: string) => Float32Array.from(masks.flatMap((_, j) => [...c.tensor(`${name}.${j}`).data]));
  const context = bench.input('context', Nctx, g.dim, joined('in/ctxt'), true);
  const tables = pack.predictor;
  const z = predict(
    bench.plan,
    arena,
    { depth: g.pred_depth, heads: g.pred_heads },
    context,
    {
      source: bench.table('source', Npred, 2, tables.source),
      inverse: bench.table('inverse', Nctx, 1, tables.inverse),
      targets: bench.table('targets', Ntgt, 1, tables.targets),
      byMask: bench.table('byMask', Ntgt, 1, tables.byMask),
      targetInverse: bench.table('targetInverse', Npred, 1, tables.targetInverse),
      ranges: bench.table('ranges', maskTokens, 2, tables.ranges),
      tiles: { table: bench.table('tiles', tables.tiles.length / 4, 4, tables.tiles), count: tables.tiles.length / 4 },
    },
    'predictor',
  );
  bench.seed(z, joined('in/gout'));
  bench.plan.backward();
  await bench.run();
  const slices = async (values: Promise<Float32Array>, width: number, rowsOf: (j: number) => number, name: (j: number) => string) => {
    const all = await values;
    let at = 0;
    masks.forEach((_, j) => {
      const next = at + rowsOf(j) * B * width;
      if (c.has(name(j))) comparison.compare(name(j), all.subarray(at, next));
      at = next;
    });
  };
  const Ke = (j: number) => masks[j].context[0].length;
  const Kp = (j: number) => masks[j].target[0].length;
  await slices(bench.read(z), g.dim, Kp, (j) => `out/z.${j}`);
  for (let i = 0; i < g.pred_depth; i++) {
    const name = `predictor/predictor_blocks.${i}.mlp.fc2`;
    await slices(bench.named(name), g.pred_dim, (j) => Ke(j) + Kp(j), (j) => `act/mask${j}/block.${i}.out`);
  }
  await slices(bench.read(bench.plan.gradientOf(context)), g.dim, Ke, (j) => `grad/ctxt.${j}`);
  await compareGradients(arena, c, comparison, 'grad/');
}
