// A whole run as one plain object. Field names follow the official YAML where it has them.

import { checkMask } from './check-mask.ts';
import { checkTraining } from './check-training.ts';
import { fieldsOf } from './config-diff.ts';
import type { Grid } from './grid.ts';
import { mostSeed } from './random.ts';

/** Sizes of encoder and predictor (official `model` and `data` sections). */
export interface ModelConfig {
  /** side of the square input in pixels (`crop_size`) */
  crop: number;
  /** side of a patch in pixels (`patch_size`) */
  patch: number;
  /** frames of a clip (`num_frames`); 1 makes an image model */
  frames: number;
  /** frames of a tubelet (`tubelet_size`) */
  tubelet: number;
  /** width C of the encoder */
  dim: number;
  depth: number;
  heads: number;
  /** hidden width of the encoder's MLP = int(dim · mlpRatio) */
  mlpRatio: number;
  /** how the sin-cos table shares its channels between time, height and width */
  uniformPower: boolean;
  /** width of the predictor (`pred_embed_dim`) */
  predDim: number;
  predDepth: number;
  /** V-JEPA 1 uses the encoder's head count */
  predHeads: number;
}

/** Blocks of any place and shape, cut out of every clip (official `_MaskGenerator` of multiblock3d.py). */
export interface MultiBlockConfig {
  kind: 'multiblock';
  /** `num_blocks` */
  blocks: number;
  /** share of the frame that one block covers, [low, high] */
  spatialScale: [number, number];
  /** share of the clip's length that one block covers, [low, high] */
  temporalScale: [number, number];
  /** height : width, drawn linearly from [low, high] */
  aspectRatio: [number, number];
  /** share of the first tubelets that may be context; the rest is always target (causal masks) */
  maxTemporalKeep: number;
  /** most context tokens per clip, or null */
  maxKeep: number | null;
  /** V-JEPA 2: after the cut, the targets (`full_complement`) or the context (`pred_full_complement`) become everything
   * that the other list is not */
  complement: 'none' | 'target' | 'context';
  /** V-JEPA 2: context and target change places (`inv_block`) */
  inverted: boolean;
}

/** Whole tubes through time (official random_tube.py). */
export interface TubeConfig {
  kind: 'tube';
  /** share of the spatial positions that is hidden */
  ratio: number;
}

/** Whole frames of the future: everything before the last tubelets is context. */
export interface FutureConfig {
  kind: 'future';
  /** how many tubelets at the end are predicted */
  tubelets: number;
}

/** Painted by hand: the same tokens are predicted in every clip. */
export interface PaintedConfig {
  kind: 'painted';
  /** the grid that the tokens belong to */
  grid: Grid;
  /** target tokens, ascending; every other token is context */
  tokens: number[];
}

export type MaskConfig = MultiBlockConfig | TubeConfig | FutureConfig | PaintedConfig;

/** How lists are brought to the length of the shortest of the batch. official: the first tokens stay, the latest
 * tubelets go; random: a random subset stays; none: no token is thrown away. */
export type MaskCut = 'official' | 'random' | 'none';
export const maskCuts: readonly MaskCut[] = ['official', 'random', 'none'];
/** threefry: our counter-based draws; official: MT19937, block size seeded by the iteration. */
export type MaskSequence = 'threefry' | 'official';

/** Everything that masks depend on beside grid, batch and step. */
export interface MaskSampling {
  masks: MaskConfig[];
  cut: MaskCut;
  sequence: MaskSequence;
  seed: number;
}

/** What the predictor is held against: features of the slow encoder (V-JEPA), or normalised pixels of the hidden patches,
 * its twin in the article (section 4.1, table 1). */
export type PredictionTarget = 'features' | 'pixels';
export const predictionTargets: readonly PredictionTarget[] = ['features', 'pixels'];

export interface LossConfig {
  /** no field of the official YAML, whose trainer knows features alone */
  target: PredictionTarget;
  /** p of |z − h|^p / p (`loss_exp`); pixels always take 2, see lossExponent */
  exponent: number;
  /** weight of the official variance term on the predictions (`reg_coeff`) */
  regCoeff: number;
  /** weight of SIGReg on context tokens; 0 switches it off. LeJEPA's published code counts both halves of the line: a weight
   * taken from there acts half as strongly here (shaders/sigreg.wgsl) */
  sigreg: number;
  /** random directions per step, tokens per mask set that SIGReg looks at */
  sigregSlices: number;
  sigregTokens: number;
}

export interface OptimConfig {
  /** iterations per epoch */
  ipe: number;
  /** stretches all schedules beyond the run (`ipe_scale`) */
  ipeScale: number;
  epochs: number;
  /** epochs of linear warm-up */
  warmup: number;
  startLr: number;
  lr: number;
  finalLr: number;
  weightDecay: number;
  finalWeightDecay: number;
  /** EMA momentum, [first, last] */
  ema: [number, number];
  /** largest gradient norm, encoder and predictor apart, once epoch > warmup; null never clips */
  clipGrad: number | null;
  betas: [number, number];
  eps: number;
}

export interface DataConfig {
  /** frames between two frames of a clip (`sampling_rate`) */
  samplingRate: number;
  /** clips taken of every video in one step (`num_clips`) */
  numClips: number;
  /** share of the frame that the random crop keeps, [low, high] */
  cropScale: [number, number];
  cropRatio: [number, number];
  flip: boolean;
}

export interface RunConfig {
  /** which preset this started from */
  preset: string;
  seed: number;
  batchSize: number;
  model: ModelConfig;
  masks: MaskConfig[];
  maskCut: MaskCut;
  maskSequence: MaskSequence;
  loss: LossConfig;
  optim: OptimConfig;
  data: DataConfig;
}

export function gridOf(model: ModelConfig): Grid {
  return {
    t: model.frames === 1 ? 1 : model.frames / model.tubelet,
    h: model.crop / model.patch,
    w: model.crop / model.patch,
  };
}

/** Hidden width of an MLP: int(dim · ratio), as in the official Block. */
export const mlpHidden = (dim: number, ratio: number): number => Math.trunc(dim * ratio);

/** Floats of one token before patch embedding: 3 · tubelet · patch². */
const patchValues = (m: ModelConfig): number => 3 * (m.frames === 1 ? 1 : m.tubelet) * m.patch * m.patch;

/** Steps of a run. */
export const totalSteps = (o: OptimConfig): number => o.ipe * o.epochs;

const blockParameters = (dim: number, ratio: number): number => {
  const hidden = mlpHidden(dim, ratio);
  return 4 * dim + (3 * dim * dim + 3 * dim) + (dim * dim + dim) + (2 * dim * hidden + hidden + dim);
};

/** Exponent that a run trains with. The article's pixel twin has a mean squared error (section 4.1); with 2 the loss is
 * half of that, which is the same gradient but for a factor that AdamW divides out again. */
export const lossExponent = (loss: LossConfig): number => (loss.target === 'pixels' ? 2 : loss.exponent);

/** Width of a prediction: that of the encoder, or all pixel values of a patch. */
export const predictionWidth = (m: ModelConfig, target: PredictionTarget): number =>
  target === 'pixels' ? patchValues(m) : m.dim;

/** Of every predictor, whatever the encoder has (official vit_predictor). */
export const predMlpRatio = 4;

/** Trained parameters of encoder and predictor (position tables are fixed and not counted). */
export function parameterCount(
  m: ModelConfig,
  maskSets: number,
  target: PredictionTarget = 'features',
): { encoder: number; predictor: number } {
  const width = predictionWidth(m, target);
  const encoder = patchValues(m) * m.dim + m.dim + m.depth * blockParameters(m.dim, m.mlpRatio) + 2 * m.dim;
  const predictor =
    m.dim * m.predDim +
    m.predDim +
    maskSets * m.predDim +
    m.predDepth * blockParameters(m.predDim, predMlpRatio) +
    2 * m.predDim +
    m.predDim * width +
    width;
  return { encoder, predictor };
}

/** A setting that cannot work: which one, and a sentence that names value, limit and way out. */
export interface ConfigProblem {
  field: string;
  message: string;
}

const mostHeads = 32;
const mostHeadWidth = 128;
const mostMlpRatio = 64;

/** Which head counts a width can have. */
function headsOf(dim: number): string {
  const counts = Array.from({ length: mostHeads }, (_, i) => i + 1).filter(
    (heads) => dim % heads === 0 && dim / heads <= mostHeadWidth,
  );
  return counts.length ? `choose ${counts.join(', ')}` : 'choose another width';
}

/** What stands in a field, for a sentence: an empty one holds NaN. */
export const isValue = (value: number): string => (Number.isNaN(value) ? 'is no number' : `is ${value}`);

/** Everything that would stop this run, before its first step. Empty when the run can start. */
export function checkConfig(c: RunConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const m = c.model;
  const whole = (field: string, name: string, value: number, low: number, high: number) => {
    if (!Number.isInteger(value) || value < low || value > high)
      refuse(field, `${name} ${isValue(value)}: choose a whole number from ${low} to ${high}`);
  };
  whole('seed', 'seed', c.seed, 0, mostSeed);
  whole('model.crop', 'crop', m.crop, 4, 512);
  whole('model.patch', 'patch', m.patch, 2, 64);
  whole('model.frames', 'number of frames', m.frames, 1, 128);
  whole('model.tubelet', 'tubelet', m.tubelet, 1, 16);
  whole('model.dim', 'dim', m.dim, 8, 2048);
  whole('model.depth', 'depth', m.depth, 1, 48);
  whole('model.heads', 'number of heads', m.heads, 1, mostHeads);
  whole('model.predDim', 'predictor dim', m.predDim, 8, 2048);
  whole('model.predDepth', 'predictor depth', m.predDepth, 1, 48);
  whole('model.predHeads', 'number of predictor heads', m.predHeads, 1, mostHeads);
  whole('batchSize', 'batch size', c.batchSize, 1, 512);
  whole('data.samplingRate', 'frame step', c.data.samplingRate, 1, 64);
  whole('data.numClips', 'number of clips a video', c.data.numClips, 1, 8);
  whole('optim.ipe', 'number of steps an epoch', c.optim.ipe, 1, 1e6);
  whole('optim.epochs', 'number of epochs', c.optim.epochs, 1, 1e5);
  if (m.crop % m.patch)
    refuse('model.patch', `crop ${m.crop} is not a multiple of patch ${m.patch}: choose a patch that divides it`);
  if (m.frames > 1 && m.frames % m.tubelet)
    refuse(
      'model.tubelet',
      `${m.frames} frames are not a multiple of tubelet ${m.tubelet}: choose one that divides them`,
    );
  for (const [network, dim, heads] of [
    ['dim', m.dim, m.heads],
    ['predDim', m.predDim, m.predHeads],
  ] as const) {
    const field = network === 'dim' ? 'model.heads' : 'model.predHeads';
    const name = network === 'dim' ? 'dim' : 'predictor dim';
    if (dim % heads) refuse(field, `${name} ${dim} is not a multiple of ${heads} heads: ${headsOf(dim)}`);
    else if (dim / heads > mostHeadWidth)
      refuse(field, `heads are ${dim / heads} wide, at most ${mostHeadWidth} is supported: ${headsOf(dim)}`);
    // an image has positions of two axes, and without uniform power time has half of the channels
    const multiple = m.frames === 1 ? 4 : m.uniformPower ? 1 : 8;
    if (dim % multiple)
      refuse(
        `model.${network}`,
        `${name} ${dim} is not a multiple of ${multiple}, which positions ${m.frames === 1 ? 'of an image' : 'without uniform power'} need: choose ${Math.ceil(dim / multiple) * multiple}`,
      );
  }
  const hidden = mlpHidden(m.dim, m.mlpRatio);
  if (!(hidden >= 1 && m.mlpRatio <= mostMlpRatio))
    refuse(
      'model.mlpRatio',
      `an MLP ratio of ${m.mlpRatio} makes ${hidden} hidden channels of ${m.dim}: choose a value of at least one channel, at most ${mostMlpRatio}`,
    );
  const { cropScale, cropRatio } = c.data;
  if (!cropScale.every((scale) => scale >= 0))
    refuse('data.cropScale', `crop scale is [${cropScale.join(', ')}]: choose shares of the frame from 0`);
  if (!cropRatio.every((ratio) => ratio > 0))
    refuse('data.cropRatio', `crop ratio is [${cropRatio.join(', ')}]: choose ratios above 0`);
  if (!c.masks.length) refuse('masks', 'there is no mask set: add at least one');
  if (c.masks.length > 8) refuse('masks', `there are ${c.masks.length} mask sets, at most 8 are supported`);
  c.masks.forEach((mask, i) => problems.push(...checkMask(mask, `masks.${i}`, gridOf(m))));
  problems.push(...checkTraining(c.loss, c.optim));
  const told = new Set(problems.map((p) => p.field));
  for (const [field, value] of fieldsOf(c)) {
    const odd = [value].flat().find((v) => typeof v === 'number' && !Number.isFinite(v));
    // a part of a list may have been told already
    if (odd !== undefined && ![...told].some((name) => name === field || name.startsWith(`${field}.`)))
      refuse(field, `${field} is ${odd}: write a number`);
  }
  return problems;
}
