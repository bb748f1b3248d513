// One V-JEPA training step as a plan (paper section 3, official train_step): targets from the slow encoder, predictions
// from the context, the loss and its terms, backward, clipping, AdamW, momentum update. One submit, nothing read back to
// decide anything. With pixels as targets (section 4.1) only the first of the three is another.

import { StudioError } from '../core/errors.ts';
import type { PredictionTarget } from '../core/config.ts';
import { type Arena, trainArena } from '../gpu/arena.ts';
import { Plan } from '../gpu/plan.ts';
import type { Variant } from '../core/variant.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { encode, type EncoderSizes, type TokenSet } from '../model/encoder.ts';
import { predict, type PredictorTables } from '../model/predictor.ts';
import { adamw } from '../ops/adamw.ts';
import { mostTiles } from '../ops/attention.ts';
import { gather } from '../ops/gather.ts';
import { gradientNorms } from '../ops/gradient-norm.ts';
import { latentLoss } from '../ops/latent-loss.ts';
import { linear } from '../ops/linear.ts';
import { layerNorm } from '../ops/norm.ts';
import { patches } from '../ops/patches.ts';
import { patchNorm } from '../ops/patch-norm.ts';
import { sigreg } from '../ops/sigreg.ts';
import { varianceTerm } from '../ops/variance.ts';

/** Epsilon of the target normalisation (F.layer_norm default). */
const targetEps = 1e-5;

export interface Networks {
  encoder: Arena;
  predictor: Arena;
  /** slow copy of the encoder; with pixels as targets it follows all the same, so that what looks at a trained run finds
   * the encoder that it would find after features, but it is never run */
  target: Arena;
}

/**
 * Targets as they must not be made, for experiments on what then becomes of a run; no setting asks for it. `raw`: not
 * normalised. `live`: from the encoder itself, with its gradient flowing through them too (one mask set only, since a token
 * may then be a target once).
 */
export type StepFlaw = 'raw targets' | 'live targets';

/** What fixes the shape of a step. */
export interface StepShape {
  encoder: EncoderSizes;
  predictor: { depth: number; heads: number };
  /** C */
  dim: number;
  /** tokens of a clip */
  tokens: number;
  /** clips of a step, num_clips counted in */
  clips: number;
  /** mask sets */
  sets: number;
  /** most context and target tokens of a step, over all clips and sets */
  mostContext: number;
  mostTarget: number;
  /** what the predictions are held against */
  target: PredictionTarget;
  exponent: number;
  regCoeff: number;
  sigreg: number;
  sigregSlices: number;
  sigregTokens: number;
  betas: [number, number];
  eps: number;
  flaw?: StepFlaw;
}

/** Tensors the host writes. */
export interface StepInputs {
  clips: Tensor;
  context: TokenSet;
  full: TokenSet;
  predictor: PredictorTables;
  /** (Ntgt), (Ntgt) and (sets · B, 2) */
  target: Tensor;
  share: Tensor;
  segments: Tensor;
  sigreg: { index: Tensor; inverse: Tensor; sets: Tensor; directions: Tensor } | null;
  /** live targets: (B · N) which prediction a token is the target of, and (Ntgt) every prediction its own row */
  live: { inverse: Tensor; own: Tensor } | null;
}

/** Tensors the host reads. */
export interface StepOutputs {
  /** (Ntgt, 1): loss of every predicted token */
  error: Tensor;
  /** (B, V): relu(1 - spread) */
  hinge: Tensor;
  phi: Tensor | null;
  /** (2, 2): encoder and predictor; norm before clipping, coefficient */
  norms: Tensor;
  /** (1, 2): broken, step */
  guard: Tensor;
}

export interface RecordedStep {
  plan: Plan;
  inputs: StepInputs;
  outputs: StepOutputs;
}

/** The most that every size of a step can be. */
export function mostSizes(s: StepShape): Record<string, number> {
  const segments = s.sets * s.clips;
  // context and targets of a segment never overlap
  const Npred = Math.min(s.mostContext + s.mostTarget, segments * s.tokens);
  return {
    Nctx: s.mostContext,
    Ntgt: s.mostTarget,
    Npred,
    Tctx: mostTiles(s.mostContext, segments),
    Tpred: mostTiles(Npred, segments),
    Nsig: Math.min(s.mostContext, s.sets * s.sigregTokens),
  };
}

/** Width V of predictions and targets: C, or 3 · tubelet · patch². */
export function targetWidth(s: StepShape): number {
  const { tubelet, patch } = s.encoder.shape;
  return s.target === 'pixels' ? 3 * tubelet * patch * patch : s.dim;
}

/** Declares what the host writes. */
export function declareInputs(plan: Plan, s: StepShape): StepInputs {
  const { frames, height, width } = s.encoder.shape;
  const table = (name: string, rows: number | string, cols: number) => plan.input(name, rows, cols, 'u32');
  const tokenSet = (name: string, rows: number | string, tiles: number | string): TokenSet => ({
    rows,
    tokens: table(`${name}.tokens`, rows, 2),
    positions: table(`${name}.positions`, rows, 1),
    tiles: { table: table(`${name}.tiles`, tiles, 4), count: tiles },
  });
  const full = s.clips * s.tokens;
  const targets = table('targets', 'Ntgt', 1); // set by set, and every set has its own mask token
  return {
    clips: plan.input('clips', s.clips, 3 * frames * height * width),
    context: tokenSet('context', 'Nctx', 'Tctx'),
    full: tokenSet('full', full, mostTiles(s.tokens, 0) * s.clips),
    predictor: {
      source: table('source', 'Npred', 2),
      inverse: table('inverse', 'Nctx', 1),
      targets,
      byMask: targets,
      targetInverse: table('targetInverse', 'Npred', 1),
      ranges: table('ranges', s.sets, 2),
      tiles: { table: table('predictor.tiles', 'Tpred', 4), count: 'Tpred' },
    },
    target: table('target', 'Ntgt', 1),
    share: plan.input('share', 'Ntgt', 1),
    segments: table('segments', s.sets * s.clips, 2),
    sigreg: s.sigreg
      ? {
          index: table('sigreg.index', 'Nsig', 1),
          inverse: table('sigreg.inverse', 'Nctx', 1),
          sets: table('sigreg.sets', s.sets, 2),
          directions: plan.input('sigreg.directions', s.sigregSlices, s.dim),
        }
      : null,
    live:
      s.flaw === 'live targets' ? { inverse: table('live.inverse', full, 1), own: table('live.own', 'Ntgt', 1) } : null,
  };
}

/** Targets and predictions; what training and error maps share. Names: h, z. */
export function recordForward(
  plan: Plan,
  nets: Networks,
  s: StepShape,
  inputs: StepInputs,
): { h: Tensor; z: Tensor; context: Tensor } {
  // Targets of the whole clip, normalised, no gradient: what the slow encoder sees there, or the pixels themselves.
  const targets = () => {
    if (s.target === 'pixels') {
      const pixels = patches(plan, inputs.clips, inputs.full.tokens, s.encoder.shape, 'target/patches'); // (B · N, V)
      return patchNorm(plan, pixels, 'h');
    }
    const network = inputs.live ? nets.encoder : nets.target;
    const features = encode(plan, network, s.encoder, inputs.clips, inputs.full, 'target'); // (B · N, C)
    return s.flaw === 'raw targets' ? features : layerNorm(plan, features, null, targetEps, 'h');
  };
  const h = plan.during('targets', () => (inputs.live ? targets() : plan.frozen(targets)));
  const context = encode(plan, nets.encoder, s.encoder, inputs.clips, inputs.context, 'encoder'); // (Nctx, C)
  const z = plan.during('predictor', () =>
    predict(plan, nets.predictor, s.predictor, context, inputs.predictor, 'predictor'),
  ); // (Ntgt, V)
  return { h, z, context };
}

export interface RecordOptions {
  keepAll?: boolean;
  /** activations of the blocks are made again in the backward pass: less memory, about a third more work */
  recompute?: boolean;
}

/** Records a whole training step; every dispatch of it belongs to a stage. */
export function recordStep(nets: Networks, s: StepShape, variant: Variant, options: RecordOptions = {}): RecordedStep {
  if (s.exponent < 1) throw new StudioError('config', `loss exponent is ${s.exponent}`, 'Choose 1 or more.');
  if (s.flaw === 'live targets' && s.sets > 1)
    throw new StudioError('config', `live targets with ${s.sets} mask sets`, 'Choose one mask set.');
  const plan = new Plan({ most: mostSizes(s), variant, ...options });
  trainArena(plan, nets.encoder);
  trainArena(plan, nets.predictor);
  const inputs = declareInputs(plan, s);
  const guard = plan.state('guard', 1, 2, 'u32');

  const made = recordForward(plan, nets, s, inputs);
  const { error, hinge, phi } = plan.during('error', () => recordLoss(plan, s, inputs, made));

  const { encoder, predictor, target } = nets;
  const norms = plan.during('gradient', () => {
    plan.backward();
    return gradientNorms(plan, [encoder.gradients!, predictor.gradients!], error, guard, 'clip', 'step', 'norms');
  });
  plan.during('adamw', () => {
    const slow = { arena: target, momentum: 'momentum', rest: 'rest' };
    adamw(plan, encoder, { tensor: norms, row: 0 }, guard, s.betas, s.eps, slow);
    adamw(plan, predictor, { tensor: norms, row: 1 }, guard, s.betas, s.eps, null);
  });
  return { plan, inputs, outputs: { error, hinge, phi, norms, guard } };
}

/** The loss and its terms. */
function recordLoss(plan: Plan, s: StepShape, inputs: StepInputs, { h, z, context }: ReturnType<typeof recordForward>) {
  const error = latentLoss(plan, z, h, { target: inputs.target, share: inputs.share }, s.exponent, 'error');
  if (inputs.live) {
    // the same loss seen from the targets: its gradient with respect to them is that of the predictions, turned around
    const chosen = gather(plan, h, { index: inputs.target, inverse: inputs.live.inverse }, 'h.chosen'); // (Ntgt, C)
    latentLoss(plan, chosen, z, { target: inputs.live.own, share: inputs.share }, s.exponent, 'error of targets');
  }
  const hinge = varianceTerm(plan, z, inputs.segments, s.sets, s.regCoeff, 'hinge');
  if (!inputs.sigreg) return { error, hinge, phi: null };
  const { index, inverse, directions, sets } = inputs.sigreg;
  const chosen = gather(plan, context, { index, inverse }, 'sigreg.tokens');
  const along = linear(plan, chosen, directions, null, { name: 'sigreg.along' }); // (Nsig, slices)
  return { error, hinge, phi: sigreg(plan, along, sets, s.sigreg / s.sets, 'sigreg.phi') };
}
