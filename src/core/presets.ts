// Named starting points. nano is for software adapters, small is the size that speed is measured at,
// vit_* are the official models with the official schedule.

import type { LossConfig, MaskConfig, MultiBlockConfig, OptimConfig, PredictionTarget, RunConfig } from './config.ts';

/** Blocks of one size, as the official configs have them. */
export const multiBlock = (blocks: number, scale: number): MultiBlockConfig => ({
  kind: 'multiblock',
  blocks,
  spatialScale: [scale, scale],
  temporalScale: [1, 1],
  aspectRatio: [0.75, 1.5],
  maxTemporalKeep: 1,
  maxKeep: null,
  complement: 'none',
  inverted: false,
});

/** The two official mask sets: eight small blocks (short range) and two large ones (long range). */
export const officialMasks = (): MaskConfig[] => [multiBlock(8, 0.15), multiBlock(2, 0.7)];

const officialLoss: LossConfig = {
  target: 'features',
  exponent: 1,
  regCoeff: 0,
  sigreg: 0,
  sigregSlices: 128,
  sigregTokens: 512,
};

/** At tiny sizes pure V-JEPA falls below random weights; a little SIGReg repairs it (LeJEPA, arXiv 2511.08544). */
const stableLoss: LossConfig = { ...officialLoss, sigreg: 0.02 };

/** configs/pretrain/vitl16.yaml */
const officialOptim: OptimConfig = {
  ipe: 300,
  ipeScale: 1.25,
  epochs: 300,
  warmup: 40,
  startLr: 2e-4,
  lr: 6.25e-4,
  finalLr: 1e-6,
  weightDecay: 0.04,
  finalWeightDecay: 0.4,
  ema: [0.998, 1],
  clipGrad: 10,
  betas: [0.9, 0.999],
  eps: 1e-8,
};

/** The pilot's recipe: a short warm-up, a teacher that follows quickly. */
const quickOptim = (steps: number): OptimConfig => ({
  ...officialOptim,
  ipe: Math.max(1, steps / 20),
  epochs: 20,
  warmup: 2,
  startLr: 1e-4,
  lr: 1e-3,
  finalLr: 1e-6,
  weightDecay: 0.04,
  finalWeightDecay: 0.04,
  ema: [0.99, 1],
});

const studio = (
  preset: string,
  steps: number,
  batchSize: number,
  model: { crop: number; patch: number; dim: number; depth: number; heads: number; predDim: number; predDepth: number },
): RunConfig => ({
  preset,
  seed: 0,
  batchSize,
  model: { ...model, frames: 8, tubelet: 2, mlpRatio: 4, uniformPower: true, predHeads: model.heads },
  masks: officialMasks(),
  maskCut: 'none',
  maskSequence: 'threefry',
  loss: { ...stableLoss },
  optim: quickOptim(steps),
  data: { samplingRate: 2, numClips: 1, cropScale: [0.3, 1], cropRatio: [0.75, 1.35], flip: true },
});

const official = (preset: string, dim: number, depth: number, heads: number): RunConfig => ({
  preset,
  seed: 0,
  batchSize: 1,
  model: {
    crop: 224,
    patch: 16,
    frames: 16,
    tubelet: 2,
    dim,
    depth,
    heads,
    mlpRatio: 4,
    uniformPower: true,
    predDim: 384,
    predDepth: 12,
    predHeads: heads,
  },
  masks: officialMasks(),
  maskCut: 'official',
  maskSequence: 'official',
  loss: { ...officialLoss },
  optim: { ...officialOptim },
  data: { samplingRate: 4, numClips: 1, cropScale: [0.3, 1], cropRatio: [0.75, 1.35], flip: true },
});

export const presetNames = ['nano', 'tiny', 'small', 'vit_tiny', 'vit_small', 'vit_base', 'vit_large'] as const;
export type PresetName = (typeof presetNames)[number];

/** A fresh config of the named preset. */
export function preset(name: PresetName): RunConfig {
  switch (name) {
    case 'nano':
      return studio('nano', 1000, 8, { crop: 40, patch: 8, dim: 64, depth: 3, heads: 2, predDim: 32, predDepth: 2 });
    case 'tiny':
      return studio('tiny', 1000, 8, { crop: 48, patch: 8, dim: 96, depth: 4, heads: 3, predDim: 48, predDepth: 3 });
    case 'small':
      return studio('small', 1000, 4, { crop: 64, patch: 8, dim: 192, depth: 6, heads: 3, predDim: 96, predDepth: 4 });
    case 'vit_tiny':
      return official('vit_tiny', 192, 12, 3);
    case 'vit_small':
      return official('vit_small', 384, 12, 6);
    case 'vit_base':
      return official('vit_base', 768, 12, 12);
    case 'vit_large':
      return official('vit_large', 1024, 24, 16);
  }
  return name satisfies never;
}

/** The same run with the other target. Pixels cannot collapse, so their loss stands alone; features take the SIGReg weight
 * of their preset again. */
export function predicting(config: RunConfig, target: PredictionTarget): RunConfig {
  if (target === config.loss.target) return config;
  const name = presetNames.find((known) => known === config.preset) ?? 'vit_large';
  const sigreg = target === 'pixels' ? 0 : preset(name).loss.sigreg;
  return { ...config, loss: { ...config.loss, target, sigreg } };
}
