// Which key of an official pretrain YAML is which field of a config (V-JEPA 1 and 2), and the models that it can name.

import type { ModelConfig } from '../core/config.ts';

export type Version = 1 | 2;

export interface OfficialField {
  /** dotted key of the YAML */
  key: string;
  /** field of the config, as in fieldsOf */
  field: string;
  kind: 'int' | 'float' | 'bool' | 'pair';
  /** whether null is a value of it */
  optional?: true;
  /** the version that has it; both when absent */
  version?: Version;
  /** a new file has it only where it is not what the trainers take anyway */
  unless?: number | [number, number];
}

export const officialFields: readonly OfficialField[] = [
  { key: 'data.batch_size', field: 'batchSize', kind: 'int' },
  { key: 'data.num_clips', field: 'data.numClips', kind: 'int', version: 1 },
  { key: 'data.num_frames', field: 'model.frames', kind: 'int', version: 1 },
  { key: 'data.sampling_rate', field: 'data.samplingRate', kind: 'int', version: 1 },
  { key: 'data.tubelet_size', field: 'model.tubelet', kind: 'int' },
  { key: 'data.crop_size', field: 'model.crop', kind: 'int' },
  { key: 'data.patch_size', field: 'model.patch', kind: 'int' },
  { key: 'data_aug.random_resize_aspect_ratio', field: 'data.cropRatio', kind: 'pair' },
  { key: 'data_aug.random_resize_scale', field: 'data.cropScale', kind: 'pair' },
  { key: 'loss.loss_exp', field: 'loss.exponent', kind: 'float' },
  { key: 'loss.reg_coeff', field: 'loss.regCoeff', kind: 'float', version: 1 },
  { key: 'meta.seed', field: 'seed', kind: 'int' },
  { key: 'model.pred_depth', field: 'model.predDepth', kind: 'int' },
  { key: 'model.pred_embed_dim', field: 'model.predDim', kind: 'int' },
  { key: 'model.uniform_power', field: 'model.uniformPower', kind: 'bool' },
  { key: 'optimization.ipe', field: 'optim.ipe', kind: 'int' },
  { key: 'optimization.ipe_scale', field: 'optim.ipeScale', kind: 'float' },
  { key: 'optimization.clip_grad', field: 'optim.clipGrad', kind: 'float', optional: true, version: 1 },
  { key: 'optimization.weight_decay', field: 'optim.weightDecay', kind: 'float' },
  { key: 'optimization.final_weight_decay', field: 'optim.finalWeightDecay', kind: 'float' },
  { key: 'optimization.epochs', field: 'optim.epochs', kind: 'int' },
  { key: 'optimization.warmup', field: 'optim.warmup', kind: 'int' },
  { key: 'optimization.start_lr', field: 'optim.startLr', kind: 'float' },
  { key: 'optimization.lr', field: 'optim.lr', kind: 'float' },
  { key: 'optimization.final_lr', field: 'optim.finalLr', kind: 'float' },
  { key: 'optimization.ema', field: 'optim.ema', kind: 'pair' },
  { key: 'optimization.betas', field: 'optim.betas', kind: 'pair', unless: [0.9, 0.999] },
  { key: 'optimization.eps', field: 'optim.eps', kind: 'float', unless: 1e-8 },
];

export const fieldsOfVersion = (version: Version): readonly OfficialField[] =>
  officialFields.filter((f) => f.version === undefined || f.version === version);

export type EncoderSize = Pick<ModelConfig, 'dim' | 'depth' | 'heads' | 'mlpRatio'>;

const size = (dim: number, depth: number, heads: number, mlpRatio = 4): EncoderSize => ({
  dim,
  depth,
  heads,
  mlpRatio,
});

/** The factories of vision_transformer.py. The first gigantic one misspells its MLP ratio, so that it has the default. */
export const officialModels: ReadonlyMap<string, EncoderSize> = new Map([
  ['vit_tiny', size(192, 12, 3)],
  ['vit_small', size(384, 12, 6)],
  ['vit_base', size(768, 12, 12)],
  ['vit_large', size(1024, 24, 16)],
  ['vit_huge', size(1280, 32, 16)],
  ['vit_giant', size(1408, 40, 16, 48 / 11)],
  ['vit_gigantic', size(1664, 48, 16)],
  ['vit_large_rope', size(1024, 24, 16)],
  ['vit_huge_rope', size(1280, 32, 16)],
  ['vit_giant_rope', size(1408, 40, 16, 48 / 11)],
  ['vit_giant_xformers', size(1408, 40, 22, 48 / 11)],
  ['vit_giant_xformers_rope', size(1408, 40, 22, 48 / 11)],
  ['vit_gigantic_xformers', size(1664, 48, 26, 64 / 13)],
]);

/** The name of an encoder's size, or null when no official model has it. */
export function modelName(m: EncoderSize): string | null {
  for (const [name, s] of officialModels)
    if (s.dim === m.dim && s.depth === m.depth && s.heads === m.heads && s.mlpRatio === m.mlpRatio) return name;
  return null;
}
