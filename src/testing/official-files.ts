// Settings files in the official form for tests: other numbers than any of ours, odd spellings that must survive, keys that
// nobody uses.

export const first = `app: vjepa # which trainer
nodes: 2
tasks_per_node: 8
data:
  dataset_type: VideoDataset
  datasets:
    - /videos/a.csv
    - "/videos/b c.csv"
  batch_size: 24
  num_clips: 1
  num_frames: 16
  tubelet_size: 2
  sampling_rate: 4
  crop_size: 224
  patch_size: 16
  pin_mem: yes
  clip_duration: null
data_aug:
  auto_augment: false
  random_resize_aspect_ratio: [0.75, 1.35]
  random_resize_scale:
  - 0.3
  - 1.0
  reprob: 0.

logging:
  folder: /logs/
  write_tag: '007'
loss:
  loss_exp: 1.0
  reg_coeff: 0.0
mask:
  # short range
  - aspect_ratio:
    - 0.75
    - 1.5
    num_blocks: 8
    spatial_scale: [0.15, 0.15]
    temporal_scale: [1.0, 1.0]
    max_temporal_keep: 1.0
    max_keep: null
  # long range
  - aspect_ratio: [0.75, 1.5]
    num_blocks: 2
    spatial_scale: [0.7, 0.7]
    temporal_scale: [1.0, 1.0]
    max_temporal_keep: 1.0
    max_keep:
meta:
  seed: 234
  dtype: bfloat16
  use_sdpa: True
model:
  model_name: vit_huge
  pred_depth: 12
  pred_embed_dim: 384
  uniform_power: true
  use_mask_tokens: true
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
  ema: [0.998, 1.0]
`;

export const second = `app: vjepa
folder: /runs/a
mem_per_gpu: 220G
data:
  dataset_fpcs: [16, 16]
  fps: 4
  batch_size: 24
  crop_size: 256
  patch_size: 16
  tubelet_size: 2
mask:
- {aspect_ratio: [0.75, 1.5], num_blocks: 8, spatial_scale: [0.15, 0.15], temporal_scale: [1.0, 1.0], full_complement: false}
- {aspect_ratio: [0.75, 1.5], num_blocks: 2, spatial_scale: [0.7, 0.7], temporal_scale: [1.0, 1.0], pred_full_complement: true, inv_block: true}
model: {model_name: vit_giant_xformers, pred_num_heads: 12, pred_depth: 12, pred_embed_dim: 384, use_rope: true, uniform_power: true}
optimization:
  ema: [0.99925, 0.99925]
  lr: 0.000525
`;
