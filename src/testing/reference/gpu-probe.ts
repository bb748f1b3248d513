// Reference checks of frozen evaluation: the attentive classifier forward and backward, and the official training of one on
// a frozen encoder with its validation over segments and views.

import { scheduleAt } from '../../core/schedule.ts';
import { trainArena } from '../../gpu/arena.ts';
import { writeParameter } from '../write-parameter.ts';
import { type ClassifierSizes, classifierParameters, classify } from '../../model/pooler.ts';
import { encode } from '../../model/encoder.ts';
import { packFull } from '../../model/pack.ts';
import { tileTable } from '../../ops/attention.ts';
import { segmentTables } from '../../ops/cross-attention.ts';
import { crossEntropy } from '../../ops/cross-entropy.ts';
import { Classifier } from '../../train/classifier.ts';
import { averageAnswers, softmax } from '../../core/answers.ts';
import { testPipelines } from '../check-operation.ts';
import type { CaseConfig, Comparison, ReferenceCase } from '../reference.ts';
import { Bench, compareGradients, loadArena } from './bench.ts';
import { encoderSizes } from './gpu-network.ts';
import { compareWeights } from './gpu-train.ts';
import { referenceForm } from './variant.ts';

export async function checkProbe(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const g = c.config;
  const [B, N, dim] = c.tensor('in/x').shape;
  const sizes: ClassifierSizes = {
    dim,
    heads: g.heads,
    depth: g.depth,
    completeBlock: g.complete_block,
    mlpRatio: g.mlp_ratio ?? 4,
    classes: g.classes,
    upstream: g.upstream,
  };
  const arena = await loadArena('probe', classifierParameters(sizes), c, 'w/', true);
  const bench = new Bench();
  trainArena(bench.plan, arena);
  const x = bench.input('x', B * N, dim, c.tensor('in/x').data, true);
  const tables = segmentTables(Array<number>(B).fill(N));
  const segments = { table: bench.table('segments', B, 2, tables.table), owner: bench.table('owner', B * N, 1, tables.owner) };
  const tile = tileTable(Array<number>(B).fill(sizes.upstream === 'jepa' ? 1 : N));
  const count = tile.length / 4;
  const tiles = sizes.depth > 1 ? { table: bench.table('tiles', count, 4, tile), count } : null;
  const { pooled, logits } = classify(bench.plan, arena, sizes, x, { segments, tiles }, 'probe');
  const labels = bench.table('labels', B, 1, c.tensor('in/labels').data);
  const share = bench.input('share', B, 1, new Float32Array(B).fill(1 / B));
  const loss = crossEntropy(bench.plan, logits, labels, share, 'loss');
  bench.plan.backward();
  await bench.run();
  comparison.compare('out/pooled', await bench.read(pooled));
  comparison.compare('out/logits', await bench.read(logits));
  comparison.compare('loss/ce', [mean(await bench.read(loss))]);
  comparison.compare('grad/x', await bench.read(bench.plan.gradientOf(x)));
  await compareGradients(arena, c, comparison, 'grad/');
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** Features (B, N, C) of clips (B, 3, T, H, W), by the case's frozen encoder. */
async function features(c: ReferenceCase, name: string): Promise<{ values: Float32Array<ArrayBuffer>; tokens: number }> {
  const clip = c.tensor(name);
  const B = clip.shape[0];
  const { sizes, tokens, specs } = encoderSizes(c, clip.shape);
  const arena = await loadArena('encoder', specs, c, 'enc/', false);
  const bench = new Bench();
  const clips = bench.input('clips', B, clip.data.length / B, clip.data);
  const out = encode(bench.plan, arena, sizes, clips, bench.tokenSet('full', packFull(B, tokens)), 'full');
  await bench.run();
  return { values: await bench.read(out), tokens };
}

/** (B, N, C) of several segments → (B, S · N, C). */
function concatenate(parts: Float32Array[], B: number): Float32Array<ArrayBuffer> {
  const each = parts[0].length / B;
  const out = new Float32Array(parts.length * parts[0].length);
  for (let b = 0; b < B; b++)
    parts.forEach((part, s) => out.set(part.subarray(b * each, (b + 1) * each), (b * parts.length + s) * each));
  return out;
}

/** Rates of the official evaluation in our words. */
const probeSchedule = (o: CaseConfig, step: number) =>
  scheduleAt(
    {
      ipe: o.iters,
      ipeScale: 1,
      epochs: o.epochs,
      warmup: o.warmup,
      startLr: o.start_lr,
      lr: o.lr,
      finalLr: o.final_lr,
      weightDecay: o.wd,
      finalWeightDecay: o.finalWd,
      ema: [1, 1],
      clipGrad: null,
      betas: [0.9, 0.999],
      eps: 1e-8,
    },
    step,
  );

export async function checkProbeTraining(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const g = c.config;
  const pipelines = await testPipelines();
  const across = g.attend_across_segments as boolean;
  const segmentsOf = (prefix: string) => c.names(prefix).filter((n) => /seg\d+\.view0$/.test(n)).length;
  const inputs = async (prefix: string, view: number): Promise<Float32Array<ArrayBuffer>[]> => {
    const parts: Float32Array<ArrayBuffer>[] = [];
    for (let s = 0; s < segmentsOf(prefix); s++) parts.push((await features(c, `${prefix}seg${s}.view${view}`)).values);
    return across ? [concatenate(parts, g.batch)] : parts;
  };
  const { tokens } = await features(c, 'in/train.0.seg0.view0');
  const rows = across ? tokens * segmentsOf('in/train.0.') : tokens;
  const sizes: ClassifierSizes = {
    dim: g.dim,
    heads: g.heads,
    depth: 1,
    completeBlock: true,
    mlpRatio: 4,
    classes: g.classes,
    upstream: 'jepa',
  };
  const shape = { probe: 'attentive' as const, sizes, tokens: rows, batch: g.batch as number };
  const probe = await Classifier.create(pipelines, shape, 0, referenceForm().variant);
  const device = pipelines.device;
  for (const name of c.names('cls.init/'))
    writeParameter(device, probe.arena, name.slice('cls.init/'.length), c.tensor(name).data as Float32Array);

  // validation comes first: it uses the initial weights
  for (let v = 0; v < g.val_batches; v++) {
    const prefix = `in/val.${v}.`;
    const labels = c.tensor(`${prefix}labels`).data;
    const logits: Float32Array[] = [];
    for (let view = 0; view < g.num_views; view++) {
      const parts = await inputs(prefix, view);
      for (const [s, part] of parts.entries()) {
        if (v === 0) comparison.compare(across ? `out/feat.view${view}` : `out/feat.view${view}.seg${s}`, part);
        logits.push((await probe.answer(part, g.batch)).logits);
      }
    }
    comparison.compare(`out/val.${v}.logits`, logits.flatMap((l) => [...l]));
    comparison.compare(`out/val.${v}.prob`, averageAnswers(logits, g.classes));
    const losses = logits.flatMap((l) => Array.from(labels, (label, b) => -Math.log(softmax(l.subarray(b * g.classes, (b + 1) * g.classes))[label])));
    comparison.compare(`loss/val.${v}`, [mean(losses)]);
  }

  const curve: { loss: number; norm: number }[] = [];
  for (let step = 0; step < g.opt.epochs * g.iters; step++) {
    const prefix = `in/train.${step % g.iters}.`;
    const { lr, weightDecay } = probeSchedule({ ...g.opt, iters: g.iters, finalWd: g.final_wd }, step);
    comparison.within(`lr of step ${step}`, lr, c.doubles.lr[step], 1e-12);
    comparison.within(`weight decay of step ${step}`, weightDecay, c.doubles.wd[step][0], 1e-12);
    const settings = { step, lr, weightDecay, clip: g.clip_grad as number };
    const [part] = await inputs(prefix, 0);
    const { result } = await probe.step(part, c.tensor(`${prefix}labels`).data, settings);
    curve.push(await result);
    if (step === 0) await compareGradients(probe.arena, c, comparison, 'grad/');
  }
  comparison.compare('curve/loss', curve.map(({ loss }) => loss));
  comparison.compare('curve/norm', curve.map(({ norm }) => norm));
  await compareWeights(probe.arena, c, comparison, 'cls.final/');
  probe.destroy();
}
