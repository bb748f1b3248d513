// Which check proves which kind of case. A kind that is not here counts as not covered.

import type { Comparison, ReferenceCase } from '../reference.ts';
import { checkBlock, checkEncoder, checkImageRepeat, checkMultiview, checkPatchEmbed, checkPredictor } from './gpu-network.ts';
import { checkProbe, checkProbeTraining } from './gpu-probe.ts';
import { checkAdamW, checkTrainStep, checkTrajectory } from './gpu-train.ts';
import {
  checkBlockSizes,
  checkClipIndices,
  checkCropBoxes,
  checkEvaluationTransform,
  checkInterpolation,
  checkMaskLists,
  checkMaskStatistics,
  checkPositions,
  checkSchedule,
  checkSeedTable,
  checkTransform,
} from './tables.ts';

export type Check = (c: ReferenceCase, comparison: Comparison) => void | Promise<void>;

export const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['pos_embed', checkPositions],
  ['pos_interp', checkInterpolation],
  ['patch_embed', checkPatchEmbed],
  ['block', checkBlock],
  ['encoder', checkEncoder],
  ['image_repeat', checkImageRepeat],
  ['multiview', checkMultiview],
  ['predictor', checkPredictor],
  ['train_step', checkTrainStep],
  ['train_traj', checkTrajectory],
  ['adamw', checkAdamW],
  ['probe', checkProbe],
  ['probe_train', checkProbeTraining],
  ['schedule', checkSchedule],
  ['mask_block_size', checkBlockSizes],
  ['mask_seed_table', checkSeedTable],
  ['mask_lists', checkMaskLists],
  ['v2_mask_lists', checkMaskLists],
  ['mask_stats', checkMaskStatistics],
  ['clip_indices', checkClipIndices],
  ['crop_params', checkCropBoxes],
  ['video_transform', checkTransform],
  ['eval_transform', checkEvaluationTransform],
]);

/** Kinds that go through kernels, and so through every form of them. */
export const kernelKinds: ReadonlySet<string> = new Set([
  'patch_embed',
  'block',
  'encoder',
  'image_repeat',
  'multiview',
  'predictor',
  'train_step',
  'train_traj',
  'adamw',
  'probe',
  'probe_train',
]);
