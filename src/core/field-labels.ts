// What the fields of a run are called where people read them: the forms, and the lines that tell two runs apart. A field of
// any mask set is named without the number of the set.

import type { RunConfig } from './config.ts';

export const fieldLabels = {
  preset: 'Preset',
  seed: 'Seed',
  batchSize: 'Batch',
  maskCut: 'Cut',
  maskSequence: 'Draws',
  'model.crop': 'Crop',
  'model.patch': 'Patch',
  'model.frames': 'Frames',
  'model.tubelet': 'Tubelet',
  'model.dim': 'Width',
  'model.depth': 'Depth',
  'model.heads': 'Heads',
  'model.mlpRatio': 'MLP ratio',
  'model.uniformPower': 'Uniform power',
  'model.predDim': 'Predictor width',
  'model.predDepth': 'Predictor depth',
  'model.predHeads': 'Predictor heads',
  'masks.kind': 'Kind',
  'masks.blocks': 'Blocks',
  'masks.spatialScale': 'Frame share',
  'masks.temporalScale': 'Time share',
  'masks.aspectRatio': 'Height to width',
  'masks.maxTemporalKeep': 'Context until',
  'masks.maxKeep': 'Context at most',
  'masks.complement': 'Rest',
  'masks.inverted': 'Inverted',
  'masks.ratio': 'Hidden share',
  'masks.tubelets': 'Predicted tubelets',
  'masks.tokens': 'Painted tokens',
  'masks.grid.t': 'Grid in time',
  'masks.grid.h': 'Grid in height',
  'masks.grid.w': 'Grid in width',
  'loss.target': 'Predict',
  'loss.exponent': 'Exponent',
  'loss.regCoeff': 'Variance weight',
  'loss.sigreg': 'SIGReg weight',
  'loss.sigregSlices': 'SIGReg slices',
  'loss.sigregTokens': 'SIGReg tokens',
  'optim.ipe': 'Steps an epoch',
  'optim.ipeScale': 'Schedule stretch',
  'optim.epochs': 'Epochs',
  'optim.warmup': 'Warm-up',
  'optim.startLr': 'First learning rate',
  'optim.lr': 'Learning rate',
  'optim.finalLr': 'Last learning rate',
  'optim.weightDecay': 'Decay, first',
  'optim.finalWeightDecay': 'Decay, last',
  'optim.ema': 'EMA',
  'optim.clipGrad': 'Clip norm',
  'optim.betas': 'Betas',
  'optim.eps': 'Epsilon',
  'data.samplingRate': 'Frame step',
  'data.numClips': 'Clips of a video',
  'data.cropScale': 'Crop share',
  'data.cropRatio': 'Crop ratio',
  'data.flip': 'Flip',
} as const satisfies Record<string, string>;

const labels: Readonly<Record<string, string | undefined>> = fieldLabels;

/**
 * A field of fieldsOf in the middle of a line: "optim.lr" → "learning rate", "masks.0.blocks" → "mask set 1 blocks". One
 * that has no label keeps its name.
 */
export function fieldWords(field: keyof RunConfig | (string & {})): string {
  const mask = /^masks\.(\d+)\.(.+)$/.exec(field);
  if (mask) return `mask set ${Number(mask[1]) + 1} ${inLine(labels[`masks.${mask[2]}`] ?? mask[2])}`;
  return inLine(labels[field] ?? field);
}

/** Without a capital, which abbreviations keep. */
const inLine = (label: string): string =>
  /^[A-Z][^A-Z]/.test(label) ? `${label[0].toLowerCase()}${label.slice(1)}` : label;
