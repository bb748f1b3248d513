// Reference checks of training: one official step, trajectories of 20 steps, AdamW. Through the Trainer that the studio uses.

import { scheduleAt } from '../../core/schedule.ts';
import { type Arena, createArenas } from '../../gpu/arena.ts';
import { writeParameter } from '../write-parameter.ts';
import { Plan } from '../../gpu/plan.ts';
import { compile } from '../../gpu/program.ts';
import { readBuffer, readTensor } from '../../gpu/readback.ts';
import type { MaskLists } from '../../model/pack.ts';
import { predictorParameters } from '../../model/parameters.ts';
import { adamw, adamwValues } from '../../ops/adamw.ts';
import { gradientNorms } from '../../ops/gradient-norm.ts';
import { createTrainer, type StepResult, type Trainer } from '../../train/trainer.ts';
import { runOnce, testPipelines } from '../check-operation.ts';
import type { Comparison, ReferenceCase } from '../reference.ts';
import { compareGradients, loadArena } from './bench.ts';
import { encoderSizes, maskRows } from './gpu-network.ts';
import { optimOf } from './optim.ts';
import { referenceForm } from './variant.ts';

/** Networks with the case's first weights, and a compiled step for them. */
async function trainerOf(c: ReferenceCase, firstClip: string, sets: number): Promise<Trainer> {
  const pipelines = await testPipelines();
  const g = c.config;
  const clip = c.tensor(firstClip).shape;
  const { sizes, tokens, specs } = encoderSizes(c, clip);
  const predictor = predictorParameters({ tokens, dim: g.dim, predDim: g.pred_dim, predDepth: g.pred_depth, mlpRatio: g.mlp_ratio ?? 4, maskTokens: sets });
  const hasTarget = c.names('tgt.init/').length > 0;
  const nets = {
    encoder: await loadArena('encoder', specs, c, 'enc.init/', true),
    predictor: await loadArena('predictor', predictor, c, 'pred.init/', true),
    target: await loadArena('target', specs, c, hasTarget ? 'tgt.init/' : 'enc.init/', false),
  };
  return createTrainer(
    pipelines,
    nets,
    {
      encoder: sizes,
      predictor: { depth: g.pred_depth, heads: g.pred_heads },
      dim: g.dim,
      tokens,
      clips: clip[0] * g.num_clips,
      sets,
      mostContext: sets * clip[0] * g.num_clips * tokens,
      mostTarget: sets * clip[0] * g.num_clips * tokens,
      target: 'features',
      exponent: g.opt.loss_exp,
      regCoeff: g.opt.reg_coeff,
      sigreg: 0,
      sigregSlices: 0,
      sigregTokens: 0,
      betas: g.betas,
      eps: g.eps,
    },
    { variant: referenceForm().variant, recompute: referenceForm().recompute, keepAll: true },
  );
}

const masksOf = (c: ReferenceCase, prefix: string, sets: number): MaskLists[] =>
  Array.from({ length: sets }, (_, i) => ({ context: maskRows(c, `${prefix}masks_enc.${i}`), target: maskRows(c, `${prefix}masks_pred.${i}`) }));

const joinClips = (c: ReferenceCase, names: string[]): Float32Array<ArrayBuffer> => {
  const parts = names.map((name) => c.tensor(name).data as Float32Array);
  const all = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** Compares every stored weight `prefix…` with an arena. */
export async function compareWeights(arena: Arena, c: ReferenceCase, comparison: Comparison, prefix: string): Promise<void> {
  const { device } = await testPipelines();
  const values = await readBuffer(device, arena.weights.place!.buffer, 0, arena.size);
  for (const name of c.names(prefix)) {
    const p = arena.parameters.get(name.slice(prefix.length));
    if (p) comparison.compare(name, values.subarray(p.offset, p.offset + p.size));
  }
}

export async function checkTrainStep(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const g = c.config;
  const sets = c.names('in/masks_enc.').length;
  const trainer = await trainerOf(c, 'in/clips.0', sets);
  const masks = masksOf(c, 'in/', sets);
  const clips = joinClips(c, c.names('in/clips.'));
  const { result } = await trainer.submit(
    { clips, masks },
    { step: 0, lr: g.lr, weightDecay: g.wd, momentum: g.ema_m, clip: g.clip_active ? g.opt.clip_grad : null },
  );
  const r = await result;
  const { plan, device } = trainer.program;
  const { dim, tokens, clips: total } = trainer.shape;
  const rows = (name: string, count: number) => readTensor(device, plan.find(name), count * dim);
  comparison.compare('act/h_raw', await rows('target/norm', total * tokens));
  const h = await rows('h', total * tokens);
  const perSet = (kind: 'context' | 'target', s: number) => (total / masks[s][kind].length) * masks[s][kind].reduce((n, l) => n + l.length, 0);
  const count = (kind: 'context' | 'target') => masks.reduce((n, _, s) => n + perSet(kind, s), 0);
  const context = await rows('encoder/norm', count('context'));
  const z = await rows('predictor/predictor_proj', count('target'));
  let [atContext, atTarget] = [0, 0];
  masks.forEach((mask, s) => {
    const gathered = Array.from({ length: total }, (_, b) => Array.from(mask.target[b % mask.target.length], (n) => [...h.subarray((b * tokens + n) * dim, (b * tokens + n + 1) * dim)]));
    comparison.compare(`out/h.${s}`, gathered.flat(2));
    const nextContext = atContext + perSet('context', s) * dim;
    comparison.compare(`act/ctx.${s}`, context.subarray(atContext, nextContext));
    atContext = nextContext;
    const nextTarget = atTarget + perSet('target', s) * dim;
    comparison.compare(`out/z.${s}`, z.subarray(atTarget, nextTarget));
    atTarget = nextTarget;
  });
  comparison.compare('loss/loss', [r.loss]);
  comparison.compare('loss/jepa', [r.latent]);
  comparison.compare('loss/reg', [r.variance]);
  comparison.compare('norm/enc', [r.encoderNorm]);
  comparison.compare('norm/pred', [r.predictorNorm]);
  await compareGradients(trainer.nets.encoder, c, comparison, 'enc.grad/');
  await compareGradients(trainer.nets.predictor, c, comparison, 'pred.grad/');
  await compareWeights(trainer.nets.encoder, c, comparison, 'enc.post/');
  await compareWeights(trainer.nets.predictor, c, comparison, 'pred.post/');
  await compareWeights(trainer.nets.target, c, comparison, 'tgt.post/');
  trainer.destroy();
}

export async function checkTrajectory(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const g = c.config;
  const sets = c.names('step.0/masks_enc.').length;
  const trainer = await trainerOf(c, 'in/pool.0.clip.0', sets);
  const optim = optimOf(g.opt, g.betas, g.eps);
  const results: StepResult[] = [];
  const waiting: Promise<StepResult>[] = [];
  for (let s = 0; s < g.steps; s++) {
    const { lr, weightDecay, momentum, clip } = scheduleAt(optim, s);
    const clips = joinClips(c, c.names(`in/pool.${g.sequence[s]}.clip.`));
    // Steps overlap as they do in the studio; numbers are collected behind them.
    waiting.push((await trainer.submit({ clips, masks: masksOf(c, `step.${s}/`, sets) }, { step: s, lr, weightDecay, momentum, clip: clip ? optim.clipGrad : null })).result);
  }
  for (const one of waiting) results.push(await one);
  comparison.compare('curve/loss', results.map((r) => r.loss));
  const atol = c.doubles.loss_atol as number[];
  const loss = c.doubles.loss32 as number[];
  results.forEach((r, s) => comparison.within(`loss of step ${s}`, r.loss, loss[s], atol[s]));
  await compareWeights(trainer.nets.encoder, c, comparison, 'enc.final/');
  await compareWeights(trainer.nets.predictor, c, comparison, 'pred.final/');
  await compareWeights(trainer.nets.target, c, comparison, 'tgt.final/');
  trainer.destroy();
}

export async function checkAdamW(c: ReferenceCase, comparison: Comparison): Promise<void> {
  const pipelines = await testPipelines();
  const { device } = pipelines;
  const names = c.names('in/p.').map((name) => name.slice('in/p.'.length));
  const specs = names.map((name) => ({ name, shape: c.tensor(`in/p.${name}`).shape, decay: name === 'weight', trained: true }));
  const arena = await createArenas(device, 'a case', (create) => create('adamw', specs, true));
  for (const name of names) writeParameter(device, arena, name, c.tensor(`in/p.${name}`).data as Float32Array);
  const plan = new Plan({ most: {}, variant: referenceForm().variant });
  const guard = plan.state('guard', 1, 2, 'u32');
  const tensor = gradientNorms(plan, [arena.gradients!], plan.input('error', 1, 1), guard, 0, 'step', 'norm');
  adamw(plan, arena, { tensor, row: 0 }, guard, c.config.betas, c.config.eps, null);
  const program = await compile(plan, pipelines);
  const part = (values: Float32Array, name: string) => {
    const p = arena.parameters.get(name)!;
    return values.subarray(p.offset, p.offset + p.size);
  };
  for (let s = 0; s < c.config.steps; s++) {
    for (const name of names)
      device.queue.writeBuffer(arena.gradients!.place!.buffer, arena.parameters.get(name)!.offset * 4, Float32Array.from(c.tensor(`in/g.${s}.${name}`).data));
    await runOnce(program, { step: s, ...adamwValues(s + 1, c.config.lr[s], c.config.wd[s], c.config.betas) });
    const weights = await readBuffer(device, arena.weights.place!.buffer, 0, arena.size);
    for (const name of names) comparison.compare(`out/step.${s}.${name}`, part(weights, name));
  }
  const [first, second] = await Promise.all(arena.moments!.map((m) => readBuffer(device, m.place!.buffer, 0, arena.size)));
  for (const name of names) {
    comparison.compare(`state/exp_avg.${name}`, part(first, name));
    comparison.compare(`state/exp_avg_sq.${name}`, part(second, name));
  }
  program.destroy();
}
