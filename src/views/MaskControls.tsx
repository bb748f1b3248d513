// The masks that training uses, live.

import { Minus, Plus } from 'lucide-react';
import { checkConfig, gridOf, type MaskConfig } from '../core/config.ts';
import { multiBlock } from '../core/presets.ts';
import { fieldLabels } from '../core/field-labels.ts';
import { chooseConfig, wake } from '../store/actions.ts';
import { useStudio } from '../store/studio.ts';
import { ChoiceField } from './fields.tsx';
import { MaskFields } from './MaskFields.tsx';

/** Names of the cuts. */
export const cutNames = { official: 'official', random: 'random subset', none: 'none' } as const;

export function MaskControls() {
  const config = useStudio((s) => s.config);
  const maskSet = useStudio((s) => s.maskSet);
  const problems = new Map(checkConfig(config).map((p) => [p.field, p.message]));
  const index = Math.min(maskSet, config.masks.length - 1);
  const change = (masks: MaskConfig[]) => {
    wake();
    chooseConfig({ ...config, masks });
  };
  return (
    <section className="panel" aria-label="Mask">
      <h2>
        Mask
        <span className="faint">
          set {index + 1} of {config.masks.length}
        </span>
        <span className="end row">
          <SetButtons masks={config.masks} index={index} onChange={change} />
        </span>
      </h2>
      <MaskFields
        mask={config.masks[index]}
        at={`masks.${index}`}
        grid={gridOf(config.model)}
        problems={problems}
        onChange={(mask) => change(config.masks.map((m, i) => (i === index ? mask : m)))}
      />
      <ChoiceField
        label={fieldLabels.maskCut}
        field="maskCut"
        hint="The official code cuts all lists of a batch to the shortest, from the front: the latest tubelets go first. Packed tokens need no cut."
        value={config.maskCut}
        options={[
          { value: 'none', label: cutNames.none },
          { value: 'official', label: `official, batch of ${config.batchSize}` },
          { value: 'random', label: `random subset, batch of ${config.batchSize}` },
        ]}
        onChange={(maskCut) => {
          wake();
          chooseConfig({ ...config, maskCut });
        }}
      />
      {problems.get('masks') && <p className="field-problem">{problems.get('masks')}</p>}
    </section>
  );
}

interface SetButtonsProps {
  masks: MaskConfig[];
  index: number;
  onChange: (masks: MaskConfig[]) => void;
}

/** Adds a mask set, removes the shown one. */
export function SetButtons({ masks, index, onChange }: SetButtonsProps) {
  return (
    <>
      <button
        type="button"
        className="icon"
        aria-label="Add a mask set"
        title="Add a mask set"
        disabled={masks.length >= 8}
        onClick={() => onChange([...masks, multiBlock(8, 0.15)])}
      >
        <Plus size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="icon"
        aria-label="Remove this mask set"
        title="Remove this mask set"
        disabled={masks.length < 2}
        onClick={() => onChange(masks.filter((_, i) => i !== index))}
      >
        <Minus size={16} aria-hidden="true" />
      </button>
    </>
  );
}
