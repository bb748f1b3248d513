// What the stories of the mask lab share: settings to load, a browser without a GPU, pixels and exports.

import { readFile } from 'node:fs/promises';
import { type Download, expect, type Page } from 'playwright/test';

/** Settings in the form of the official configs/pretrain, with keys that the lab has no use for. */
export const yaml = `app: vjepa
nodes: 16
tasks_per_node: 8
data:
  dataset_type: VideoDataset
  datasets:
    - /some/where/k400.csv
  batch_size: 24
  num_clips: 1
  num_frames: 16
  tubelet_size: 2
  sampling_rate: 2
  crop_size: 224
  patch_size: 16
  pin_mem: true
  num_workers: 12
data_aug:
  auto_augment: false
  random_resize_aspect_ratio:
    - 0.75
    - 1.35
  random_resize_scale:
    - 0.3
    - 1.0
  reprob: 0.0
logging:
  folder: /some/where/logs
  write_tag: jepa
loss:
  loss_exp: 1.0
  reg_coeff: 0.0
mask:
  - aspect_ratio:
      - 0.75
      - 1.5
    num_blocks: 8
    spatial_scale:
      - 0.15
      - 0.15
    temporal_scale:
      - 1.0
      - 1.0
    max_temporal_keep: 1.0
    max_keep: null
  - aspect_ratio:
      - 0.75
      - 1.5
    num_blocks: 2
    spatial_scale:
      - 0.7
      - 0.7
    temporal_scale:
      - 1.0
      - 1.0
    max_temporal_keep: 1.0
    max_keep: null
meta:
  load_checkpoint: false
  read_checkpoint: null
  seed: 234
  use_sdpa: true
  dtype: bfloat16
model:
  model_name: vit_large
  pred_depth: 12
  pred_embed_dim: 384
  uniform_power: true
  use_mask_tokens: true
  zero_init_mask_tokens: true
optimization:
  ipe: 300
  ipe_scale: 1.25
  clip_grad: 10.0
  weight_decay: 0.04
  final_weight_decay: 0.4
  epochs: 300
  warmup: 40
  start_lr: 0.0002
  lr: 0.000625
  final_lr: 1.0e-06
  ema:
    - 0.998
    - 1.0
`;

const rate = 24;
export const times = (frames: number): number[] => Array.from({ length: frames }, (_, i) => i / rate);

export async function openLab(page: Page, hash = '#masks'): Promise<void> {
  await page.goto(`/${hash}`);
  await expect(page.getByTestId('lab-strip')).toBeVisible();
}

export const number = async (page: Page, testId: string): Promise<number> =>
  Number.parseFloat((await page.getByTestId(testId).textContent()) ?? '');

/** A hash of every pixel of a canvas. */
export const pixels = (page: Page, testId: string): Promise<string> =>
  page.getByTestId(testId).evaluate(async (element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const digest = await crypto.subtle.digest('SHA-256', data);
    return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('');
  });

async function bytesOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}

/** Takes one thing out of the export menu. */
export async function take(page: Page, name: RegExp): Promise<{ name: string; bytes: Buffer }> {
  await page.getByTestId('export').click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: await bytesOf(download) };
}

/** Chunks of a PNG by type. */
export function pngChunks(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}
