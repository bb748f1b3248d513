// Every setting of the official config that decides what is hidden, live. What differs from the preset or file that the
// settings started from is marked, and can be put back field by field.

import { checkConfig, gridOf, type RunConfig } from '../core/config.ts';
import { presetNames, preset } from '../core/presets.ts';
import { numbered } from '../core/numbered.ts';
import { fieldLabels } from '../core/field-labels.ts';
import { maskings } from '../mask/maskings.ts';
import { useLab } from '../store/lab.ts';
import { saveYaml } from '../store/lab-export.ts';
import {
  changedSettings,
  changeLab,
  changeMask,
  loadSettings,
  resetField,
  startFrom,
  trainWithMasks,
} from '../store/lab-settings.ts';
import { patch, useStudio } from '../store/studio.ts';
import { ChoiceField, type FieldMark, NumberField } from './fields.tsx';
import { FileButton } from './FileButton.tsx';
import { cutNames, SetButtons } from './MaskControls.tsx';
import { MaskFields } from './MaskFields.tsx';
import { SetSwitch } from './MaskView.tsx';
import { Panel } from './Panel.tsx';

/** Marks of fields that differ, and of those that the file set. */
function useMarks(config: RunConfig): (field: string) => FieldMark | undefined {
  const base = useLab((s) => s.base);
  const file = useLab((s) => s.file);
  const changed = changedSettings(base, config);
  return (field) => {
    if (changed.has(field)) return { text: 'changed', reset: () => resetField(field) };
    if (file?.filled.includes(field)) return { text: `from ${file.name}` };
    return undefined;
  };
}

export function LabSettings() {
  const config = useStudio((s) => s.labConfig);
  const maskSet = useStudio((s) => s.maskSet);
  const mark = useMarks(config);
  const problems = new Map(checkConfig(config).map((p) => [p.field, p.message]));
  const index = Math.min(maskSet, config.masks.length - 1);
  const mask = config.masks[index];
  const { model } = config;
  const field = (name: string) => ({ field: name, problem: problems.get(name), mark: mark(name) });
  const sized = (name: 'crop' | 'patch' | 'frames' | 'tubelet') => (value: number) =>
    changeLab({ ...config, model: { ...model, [name]: value } }, `model.${name}`);
  return (
    <>
      <Panel title="Settings" always>
        <SettingsSource />
      </Panel>
      <Panel title="Mask" note={`set ${index + 1} of ${config.masks.length}`}>
        <div className="row">
          <SetSwitch />
          <span className="spacer" />
          <SetButtons
            masks={config.masks}
            index={index}
            onChange={(masks) => {
              changeLab({ ...config, masks }, 'masks');
              if (masks.length > config.masks.length) patch({ maskSet: masks.length - 1 });
            }}
          />
        </div>
        <ChoiceField
          label="Like"
          field="masking"
          testId="masking-select"
          value=""
          options={[
            { value: '', label: 'choose a masking' },
            ...maskings.map((m) => ({ value: m.name, label: m.name })),
          ]}
          onChange={(name) => {
            const chosen = maskings.find((m) => m.name === name);
            if (chosen) changeMask(chosen.mask, 'kind');
          }}
        />
        <MaskFields
          mask={mask}
          at={`masks.${index}`}
          grid={gridOf(model)}
          problems={problems}
          mark={mark}
          onChange={changeMask}
        />
        {problems.get('masks') && <p className="field-problem">{problems.get('masks')}</p>}
      </Panel>
      <Panel title="Clip and grid">
        <NumberField
          label={fieldLabels['model.crop']}
          {...field('model.crop')}
          hint="crop_size, pixels"
          value={model.crop}
          min={16}
          max={512}
          step={16}
          onChange={sized('crop')}
        />
        <NumberField
          label={fieldLabels['model.patch']}
          {...field('model.patch')}
          hint="patch_size, pixels"
          value={model.patch}
          min={2}
          max={64}
          onChange={sized('patch')}
        />
        <NumberField
          label={fieldLabels['model.frames']}
          {...field('model.frames')}
          hint="num_frames"
          value={model.frames}
          min={1}
          max={128}
          onChange={sized('frames')}
        />
        <NumberField
          label={fieldLabels['model.tubelet']}
          {...field('model.tubelet')}
          hint="tubelet_size, frames"
          value={model.tubelet}
          min={1}
          max={16}
          onChange={sized('tubelet')}
        />
        <NumberField
          label={fieldLabels['data.samplingRate']}
          {...field('data.samplingRate')}
          hint="sampling_rate: frames of the video between two frames of the clip"
          value={config.data.samplingRate}
          min={1}
          max={64}
          onChange={(samplingRate) =>
            changeLab({ ...config, data: { ...config.data, samplingRate } }, 'data.samplingRate')
          }
        />
      </Panel>
      <Panel title="Batch and draws">
        <NumberField
          label={fieldLabels.batchSize}
          {...field('batchSize')}
          hint="batch_size: the lists of a batch are cut together"
          value={config.batchSize}
          min={1}
          max={512}
          onChange={(batchSize) => changeLab({ ...config, batchSize }, 'batchSize')}
        />
        <ChoiceField
          label={fieldLabels.maskCut}
          {...field('maskCut')}
          hint="The official code cuts all lists of a batch to the shortest, from the front: the latest tubelets go first ([:min_keep] in multiblock3d.py)."
          value={config.maskCut}
          options={(['official', 'random', 'none'] as const).map((value) => ({ value, label: cutNames[value] }))}
          onChange={(maskCut) => changeLab({ ...config, maskCut }, 'maskCut')}
        />
        <NumberField
          label={fieldLabels.seed}
          {...field('seed')}
          value={config.seed}
          min={0}
          onChange={(seed) => changeLab({ ...config, seed }, 'seed')}
        />
        <ChoiceField
          label={fieldLabels.maskSequence}
          {...field('maskSequence')}
          hint="official: block sizes seeded by the iteration with the Mersenne Twister of PyTorch"
          value={config.maskSequence}
          options={[
            { value: 'official', label: 'official sequence' },
            { value: 'threefry', label: 'by seed and step' },
          ]}
          onChange={(maskSequence) => changeLab({ ...config, maskSequence }, 'maskSequence')}
        />
        <button type="button" onClick={trainWithMasks}>
          Train with these masks
        </button>
        <p className="faint small">Masks and cut go to the Train screen; the model, batch and seed there stay.</p>
      </Panel>
    </>
  );
}

/** Where the settings come from: a preset, a link, a picture or a file; and what the file holds beyond them. */
function SettingsSource() {
  const config = useStudio((s) => s.labConfig);
  const train = useStudio((s) => s.config);
  const base = useLab((s) => s.base);
  const file = useLab((s) => s.file);
  const origin = useLab((s) => s.origin);
  const changed = changedSettings(base, config).size;
  return (
    <>
      <ChoiceField
        label="From"
        field="preset"
        testId="lab-preset"
        value={file ? 'file' : 'preset'}
        options={[
          {
            value: file ? 'file' : 'preset',
            label: file?.name ?? origin ?? `${config.preset}, batch of ${base.batchSize}`,
          },
          ...presetNames.map((name) => ({ value: name, label: name, group: 'Start over from' })),
          { value: 'train', label: 'settings of Train', group: 'Start over from' },
        ]}
        onChange={(name) => {
          const chosen = presetNames.find((p) => p === name);
          if (chosen?.startsWith('vit')) startFrom({ ...preset(chosen), batchSize: 24 });
          else if (chosen) startFrom(preset(chosen));
          else if (name === 'train') startFrom(train, 'settings of Train');
        }}
      />
      <div className="row grow">
        <FileButton accept=".yaml,.yml" testId="yaml-input" onFiles={([chosen]) => void loadSettings(chosen)}>
          Load YAML…
        </FileButton>
        <button type="button" data-testid="save-yaml" onClick={() => void saveYaml()}>
          Save YAML
        </button>
      </div>
      <p className="small faint" data-testid="settings-changed">
        {changed === 0 ? 'Nothing changed' : `${numbered(changed, 'field')} changed`}
        {file
          ? `, ${numbered(file.used.length, 'key')} set by ${file.name} (V-JEPA ${file.version})`
          : '; or drop a file of configs/pretrain'}
        {changed > 0 && (
          <>
            {' '}
            <button type="button" className="link" onClick={() => changeLab(base, 'everything')}>
              Reset all
            </button>
          </>
        )}
      </p>
      {file && file.problems.length > 0 && (
        <ul className="notes warn small">
          {file.problems.map((p) => (
            <li key={p}>{p}</li>
          ))}
        </ul>
      )}
      {file && file.unused.length > 0 && (
        <details className="small" data-testid="unused-keys">
          <summary>{file.unused.length} keys not used here, kept when saved</summary>
          <p className="faint keys-kept">{file.unused.join(', ')}</p>
        </details>
      )}
    </>
  );
}
