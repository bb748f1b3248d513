// Every setting of the masks, live.

import { Minus, Plus } from 'lucide-react';
import { checkConfig, type MaskConfig } from '../core/config.ts';
import { multiBlock } from '../core/presets.ts';
import { applyConfig, wake } from '../store/actions.ts';
import { useStudio } from '../store/studio.ts';
import { ChoiceField, NumberField, PairField } from './fields.tsx';

const tube: MaskConfig = { kind: 'tube', ratio: 0.9 };
const blocks = multiBlock(8, 0.15);

export function MaskControls() {
  const config = useStudio((s) => s.config);
  const maskSet = useStudio((s) => s.maskSet);
  const problems = new Map(checkConfig(config).map((p) => [p.field, p.message]));
  const index = Math.min(maskSet, config.masks.length - 1);
  const mask = config.masks[index];
  const change = (masks: MaskConfig[]) => {
    wake();
    applyConfig({ ...config, masks });
  };
  const replace = (next: MaskConfig) => change(config.masks.map((m, i) => (i === index ? next : m)));
  const at = (name: string) => `masks.${index}.${name}`;
  return (
    <section className="panel" aria-label="Mask">
      <h2>
        Mask
        <span className="faint">
          set {index + 1} of {config.masks.length}
        </span>
        <span className="end row">
          <button
            type="button"
            className="icon"
            aria-label="Add a mask set"
            title="Add a mask set"
            disabled={config.masks.length >= 4}
            onClick={() => change([...config.masks, blocks])}
          >
            <Plus size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="icon"
            aria-label="Remove this mask set"
            title="Remove this mask set"
            disabled={config.masks.length < 2}
            onClick={() => change(config.masks.filter((_, i) => i !== index))}
          >
            <Minus size={16} aria-hidden="true" />
          </button>
        </span>
      </h2>
      <ChoiceField
        label="Kind"
        field={at('kind')}
        value={mask.kind}
        options={[
          { value: 'multiblock', label: 'blocks in space and time' },
          { value: 'tube', label: 'random tubes' },
        ]}
        onChange={(kind) => replace(kind === 'tube' ? tube : blocks)}
      />
      {mask.kind === 'tube' ? (
        <NumberField
          label="Hidden share"
          field={at('ratio')}
          value={mask.ratio}
          min={0.05}
          max={0.95}
          step={0.05}
          problem={problems.get(at('ratio'))}
          onChange={(ratio) => replace({ ...mask, ratio })}
        />
      ) : mask.kind === 'multiblock' ? (
        <>
          <NumberField
            label="Blocks"
            field={at('blocks')}
            value={mask.blocks}
            min={1}
            max={64}
            problem={problems.get(at('blocks'))}
            onChange={(value) => replace({ ...mask, blocks: value })}
          />
          <PairField
            label="Frame share"
            field={at('spatialScale')}
            value={mask.spatialScale}
            problem={problems.get(at('spatialScale'))}
            onChange={(spatialScale) => replace({ ...mask, spatialScale })}
          />
          <PairField
            label="Time share"
            field={at('temporalScale')}
            value={mask.temporalScale}
            problem={problems.get(at('temporalScale'))}
            onChange={(temporalScale) => replace({ ...mask, temporalScale })}
          />
          <PairField
            label="Height to width"
            field={at('aspectRatio')}
            value={mask.aspectRatio}
            problem={problems.get(at('aspectRatio'))}
            onChange={(aspectRatio) => replace({ ...mask, aspectRatio })}
          />
          <NumberField
            label="Context until"
            field={at('maxTemporalKeep')}
            hint="Share of the clip whose tokens may be context; below 1 the rest is always a target (causal masks)."
            value={mask.maxTemporalKeep}
            min={0.05}
            max={1}
            step={0.05}
            problem={problems.get(at('maxTemporalKeep'))}
            onChange={(maxTemporalKeep) => replace({ ...mask, maxTemporalKeep })}
          />
        </>
      ) : null}
      <ChoiceField
        label="Cut"
        field="maskCut"
        hint="The official code cuts all lists of a batch to the shortest, from the front: the latest tubelets go first. Packed tokens need no cut."
        value={config.maskCut}
        options={[
          { value: 'none', label: 'none' },
          { value: 'official', label: `official, batch of ${config.batchSize}` },
        ]}
        onChange={(maskCut) => {
          wake();
          applyConfig({ ...config, maskCut });
        }}
      />
      {problems.get('masks') && <p className="field-problem">{problems.get('masks')}</p>}
    </section>
  );
}
