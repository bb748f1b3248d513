// A whole new pretrain YAML in the official form. Only what the trainer cannot do without stands beside the settings.

import type { RunConfig } from '../core/config.ts';
import { fieldsOf, type FieldValue, sameField } from '../core/config-diff.ts';
import { fieldsOfVersion, modelName, type OfficialField, type Version } from './official-fields.ts';
import { maskText } from './official-masks.ts';
import { block, floatText, type YamlText } from './yaml-edit.ts';

/** Text of a value of the config under an official key. */
export function spellField(kind: OfficialField['kind'], value: FieldValue | undefined): string | string[] {
  if (Array.isArray(value)) return value.map(floatText);
  if (typeof value === 'number') return kind === 'int' && Number.isInteger(value) ? String(value) : floatText(value);
  return String(value);
}

/** The text of a new file. Folders and lists of videos are the reader's to fill in. */
export function newOfficialText(config: RunConfig, version: Version): string {
  const sections: { [key: string]: { [key: string]: YamlText } } = {
    data: { dataset_type: 'VideoDataset', datasets: ['videos.csv'] },
    data_aug: { auto_augment: 'false', motion_shift: 'false', reprob: '0.0' },
    loss: {},
    meta: { dtype: 'bfloat16', load_checkpoint: 'false', read_checkpoint: 'null', use_sdpa: 'true' },
    model: {
      model_name: modelName(config.model) ?? 'vit_large',
      use_mask_tokens: 'true',
      zero_init_mask_tokens: 'true',
    },
    optimization: {},
  };
  if (version === 1) sections.logging = { folder: 'logs', write_tag: 'jepa' };
  else {
    sections.data.dataset_fpcs = [String(config.model.frames)];
    sections.data.fps = '4';
    sections.model.pred_num_heads = String(config.model.predHeads);
    sections.model.use_rope = 'false';
  }
  const values = fieldsOf(config);
  for (const { key, field, kind, unless } of fieldsOfVersion(version)) {
    if (unless !== undefined && sameField(values.get(field), unless)) continue;
    const [section, name] = key.split('.');
    sections[section][name] = spellField(kind, values.get(field));
  }
  const top: { [key: string]: string } =
    version === 1
      ? { app: 'vjepa', nodes: '1', tasks_per_node: '1' }
      : { app: 'vjepa', nodes: '1', tasks_per_node: '1', cpus_per_task: '16', mem_per_gpu: '80G', folder: 'logs' };
  const masks = config.masks.flatMap((mask) => {
    const [first, ...rest] = block(maskText(mask), 2);
    return [`- ${first.trimStart()}`, ...rest];
  });
  const named = (name: string) => block({ [name]: sections[name] }, 0);
  const order = Object.keys(sections).sort();
  const before = order.filter((name) => name < 'mask').flatMap(named);
  const after = order.filter((name) => name > 'mask').flatMap(named);
  return [...block(top, 0), ...before, ...(masks.length ? ['mask:', ...masks] : []), ...after, ''].join('\n');
}
