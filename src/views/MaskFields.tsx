// The fields of one mask set, for training and for the mask lab.

import type { MaskConfig, MultiBlockConfig } from '../core/config.ts';
import type { Grid } from '../core/grid.ts';
import { multiBlock } from '../core/presets.ts';
import { fieldLabels } from '../core/field-labels.ts';
import { ChoiceField, type FieldMark, NumberField, PairField } from './fields.tsx';

interface Props {
  mask: MaskConfig;
  /** path of the set in the config, such as "masks.0" */
  at: string;
  grid: Grid;
  /** sentences of what is wrong, by field */
  problems: ReadonlyMap<string, string>;
  /** which fields differ from what they started from */
  mark?: (field: string) => FieldMark | undefined;
  onChange: (mask: MaskConfig, field: string) => void;
}

const kinds = [
  { value: 'multiblock', label: 'blocks in space and time' },
  { value: 'tube', label: 'random tubes' },
  { value: 'future', label: 'future only' },
] as const;

const painted = { value: 'painted', label: 'painted by hand' } as const;

/** A set of another kind begins like this. */
function fresh(kind: MaskConfig['kind'], grid: Grid): MaskConfig {
  switch (kind) {
    case 'multiblock':
      return multiBlock(8, 0.15);
    case 'tube':
      return { kind, ratio: 0.9 };
    case 'future':
      return { kind, tubelets: Math.max(1, Math.floor(grid.t / 4)) };
    case 'painted':
      return { kind, grid, tokens: [] };
  }
  return kind satisfies never;
}

export function MaskFields({ mask, at, grid, problems, mark, onChange }: Props) {
  const field = (name: string) => ({
    field: `${at}.${name}`,
    problem: problems.get(`${at}.${name}`),
    mark: mark?.(`${at}.${name}`),
  });
  return (
    <>
      <ChoiceField
        label={fieldLabels['masks.kind']}
        {...field('kind')}
        value={mask.kind}
        options={mask.kind === 'painted' ? [...kinds, painted] : kinds}
        onChange={(kind) => onChange(fresh(kind, grid), 'kind')}
      />
      {mask.kind === 'multiblock' && <BlockFields mask={mask} field={field} onChange={onChange} />}
      {mask.kind === 'tube' && (
        <NumberField
          label={fieldLabels['masks.ratio']}
          {...field('ratio')}
          value={mask.ratio}
          min={0.05}
          max={0.95}
          step={0.05}
          onChange={(ratio) => onChange({ ...mask, ratio }, 'ratio')}
        />
      )}
      {mask.kind === 'future' && (
        <NumberField
          label={fieldLabels['masks.tubelets']}
          {...field('tubelets')}
          hint="How many tubelets at the end of the clip are predicted from those before."
          value={mask.tubelets}
          min={1}
          max={Math.max(1, grid.t - 1)}
          onChange={(tubelets) => onChange({ ...mask, tubelets }, 'tubelets')}
        />
      )}
      {mask.kind === 'painted' && (
        <>
          <p className="small faint">
            {mask.tokens.length} tokens painted on {mask.grid.t} × {mask.grid.h} × {mask.grid.w}, the same in every
            clip.
          </p>
          {problems.get(`${at}.tokens`) && <p className="field-problem">{problems.get(`${at}.tokens`)}</p>}
        </>
      )}
    </>
  );
}

interface BlockProps {
  mask: MultiBlockConfig;
  field: (name: string) => { field: string; problem: string | undefined; mark: FieldMark | undefined };
  onChange: Props['onChange'];
}

function BlockFields({ mask, field, onChange }: BlockProps) {
  return (
    <>
      <NumberField
        label={fieldLabels['masks.blocks']}
        {...field('blocks')}
        hint="num_blocks"
        value={mask.blocks}
        min={1}
        max={64}
        onChange={(blocks) => onChange({ ...mask, blocks }, 'blocks')}
      />
      <PairField
        label={fieldLabels['masks.spatialScale']}
        {...field('spatialScale')}
        hint="spatial_scale: share of the frame that one block covers"
        value={mask.spatialScale}
        onChange={(spatialScale) => onChange({ ...mask, spatialScale }, 'spatialScale')}
      />
      <PairField
        label={fieldLabels['masks.temporalScale']}
        {...field('temporalScale')}
        hint="temporal_scale: share of the clip's length that one block covers"
        value={mask.temporalScale}
        onChange={(temporalScale) => onChange({ ...mask, temporalScale }, 'temporalScale')}
      />
      <PairField
        label={fieldLabels['masks.aspectRatio']}
        {...field('aspectRatio')}
        hint="aspect_ratio, drawn linearly"
        value={mask.aspectRatio}
        onChange={(aspectRatio) => onChange({ ...mask, aspectRatio }, 'aspectRatio')}
      />
      <NumberField
        label={fieldLabels['masks.maxTemporalKeep']}
        {...field('maxTemporalKeep')}
        hint="max_temporal_keep: share of the clip whose tokens may be context; below 1 the rest is always a target (causal masks)"
        value={mask.maxTemporalKeep}
        min={0.05}
        max={1}
        step={0.05}
        onChange={(maxTemporalKeep) => onChange({ ...mask, maxTemporalKeep }, 'maxTemporalKeep')}
      />
      <NumberField
        label={fieldLabels['masks.maxKeep']}
        {...field('maxKeep')}
        hint="max_keep: most context tokens of a clip; empty for no limit"
        value={mask.maxKeep ?? Number.NaN}
        min={1}
        onChange={(n) => onChange({ ...mask, maxKeep: Number.isNaN(n) ? null : n }, 'maxKeep')}
      />
      <ChoiceField
        label={fieldLabels['masks.complement']}
        {...field('complement')}
        hint="What becomes of tokens that the cut leaves over: full_complement and pred_full_complement of V-JEPA 2"
        value={mask.complement}
        options={[
          { value: 'none', label: 'stays unused' },
          { value: 'target', label: 'becomes target' },
          { value: 'context', label: 'becomes context' },
        ]}
        onChange={(complement) => onChange({ ...mask, complement }, 'complement')}
      />
      <ChoiceField
        label={fieldLabels['masks.inverted']}
        {...field('inverted')}
        hint="inv_block of V-JEPA 2 lets context and target change places"
        value={mask.inverted ? 'yes' : 'no'}
        options={[
          { value: 'no', label: 'no, blocks are targets' },
          { value: 'yes', label: 'yes, blocks are context' },
        ]}
        onChange={(chosen) => onChange({ ...mask, inverted: chosen === 'yes' }, 'inverted')}
      />
    </>
  );
}
