// How it is asked: task, probes, what they are compared with, labels, seeds; and the recipe for those who want it.

import { useId } from 'react';
import {
  type ChosenSource,
  featureSources,
  probeKinds,
  type ProbeKind,
  type ProbeRecipe,
} from '../protocol/evaluation.ts';
import { choose, fewLabels, useEvaluation } from '../store/evaluate.ts';
import { type Asked, problemOf, useAsked } from './evaluate-asked.ts';
import { ChoiceField, NumberField } from './fields.tsx';
import { Panel } from './Panel.tsx';

const probeTexts: Record<ProbeKind, [string, string]> = {
  attentive: ['attentive', 'one learned query over all tokens, as in the article'],
  linear: ['linear', 'softmax regression on the average token'],
  knn: ['kNN', 'the nearest training clips by cosine; learns nothing'],
};

const sourceTexts: Record<ChosenSource, [string, string]> = {
  trained: ['trained', 'the run as it is'],
  random: ['random weights', 'the same network before training'],
  colour: ['mean colour', 'of every frame, no network at all'],
  shuffled: ['frames shuffled', 'trained, the order of frames destroyed'],
  still: ['one frame repeated', 'trained, nothing moves'],
};

export function EvaluateHow() {
  const asked = useAsked();
  const { task, probes, sources, shares, seeds } = useEvaluation((s) => s.choices);
  return (
    <>
      <Panel title="How it is asked">
        <ChoiceField
          label="Task"
          field="task"
          testId="evaluation-task"
          value={task}
          options={[
            { value: 'probe', label: 'probe frozen features' },
            { value: 'finetune', label: 'fine-tune end to end' },
            { value: 'detect', label: 'name what is in given boxes' },
          ]}
          onChange={(value) => choose({ task: value })}
        />
        {problemOf(asked, 'task') && <p className="field-problem">{problemOf(asked, 'task')}</p>}
        <p className="faint small">{taskTexts[task]}</p>
        {task === 'probe' && (
          <>
            <Checks
              legend="Probes"
              all={probeKinds}
              chosen={probes}
              texts={(p) => probeTexts[p]}
              problem={problemOf(asked, 'probes')}
              onChange={(next) => choose({ probes: next })}
            />
            <Checks
              legend="Features of"
              all={featureSources}
              chosen={sources}
              texts={(s) => sourceTexts[s]}
              problem={problemOf(asked, 'sources')}
              onChange={(next) => choose({ sources: next })}
            />
          </>
        )}
        {task !== 'detect' && (
          <Checks
            legend="Labels that may be learned from"
            row
            all={fewLabels}
            chosen={shares}
            texts={(share) => [`${share * 100} %`, '']}
            problem={problemOf(asked, 'shares')}
            onChange={(next) => choose({ shares: next })}
          />
        )}
        <NumberField
          label="Seeds"
          field="seeds"
          hint="Every number is computed this many times; three is the least that means anything"
          value={seeds}
          min={1}
          max={20}
          problem={problemOf(asked, 'seeds')}
          onChange={(value) => choose({ seeds: value })}
        />
        {task !== 'detect' && shares.some((s) => s < 1) && (
          <p className="faint small">With few labels, every seed also takes three draws of them.</p>
        )}
      </Panel>
      <Recipe asked={asked} />
    </>
  );
}

const taskTexts = {
  probe: 'The network stays as it is; a small classifier learns to read its features.',
  finetune: 'The network learns the labels too, beside the same network trained from scratch.',
  detect:
    'The chosen label of each body, in its given box, as mean average precision at an overlap of 0.5. Two bodies, drawn clips only.',
} as const;

interface ChecksProps<T extends string | number> {
  legend: string;
  all: readonly T[];
  chosen: readonly T[];
  /** its name, and faintly what it is */
  texts: (value: T) => [string, string];
  problem: string | undefined;
  /** beside each other */
  row?: boolean;
  onChange: (chosen: T[]) => void;
}

function Checks<T extends string | number>({ legend, all, chosen, texts, problem, row, onChange }: ChecksProps<T>) {
  const id = useId();
  return (
    <fieldset className={row ? 'checks checks-row' : 'checks'} aria-describedby={problem ? id : undefined}>
      <legend>{legend}</legend>
      {all.map((value) => {
        const [name, what] = texts(value);
        return (
          <label key={value}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              // kept in their own order, whatever order they are pressed in
              onChange={(e) => onChange(all.filter((v) => (v === value ? e.target.checked : chosen.includes(v))))}
            />
            <span>
              {name} {what && <span className="faint small">{what}</span>}
            </span>
          </label>
        );
      })}
      {problem && (
        <p className="field-problem" id={id}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}

function Recipe({ asked }: { asked: Asked }) {
  const { task, recipe, network, segments, views } = useEvaluation((s) => s.choices);
  const change = (part: Partial<ProbeRecipe>) => choose({ recipe: { ...recipe, ...part } });
  const number = (label: string, field: keyof ProbeRecipe, step: number, hint?: string) => {
    const value = recipe[field];
    return typeof value === 'number' ? (
      <NumberField
        label={label}
        field={field}
        value={value}
        min={0}
        step={step}
        problem={problemOf(asked, field)}
        {...(hint && { hint })}
        onChange={(v) => change({ [field]: v })}
      />
    ) : null;
  };
  return (
    <section className="panel" aria-label="Recipe">
      <details>
        <summary>Recipe</summary>
        <div className="fold-body">
          <ChoiceField
            label="Network"
            field="network"
            value={network}
            options={[
              { value: 'target', label: 'the slow copy, as official' },
              { value: 'encoder', label: 'the encoder' },
            ]}
            onChange={(value) => choose({ network: value })}
          />
          {task === 'probe' && (
            <>
              <NumberField
                label="Segments in time"
                field="segments"
                hint="Clips taken of every video; the article takes 8"
                value={segments}
                min={1}
                max={16}
                problem={problemOf(asked, 'segments')}
                onChange={(value) => choose({ segments: value })}
              />
              <ChoiceField
                label="Crops"
                field="views"
                value={String(views)}
                options={[
                  { value: '1', label: 'the centre' },
                  { value: '3', label: 'three along the long side' },
                ]}
                onChange={(value) => choose({ views: value === '3' ? 3 : 1 })}
              />
            </>
          )}
          {number('Passes', 'epochs', 1, 'Times that a probe goes through its training clips')}
          {task !== 'detect' && (
            <>
              {number('Batch', 'batchSize', 1)}
              {number('Learning rate', 'lr', 1e-4, 'Falls by cosine to 0')}
              {number('Blocks', 'depth', 1, 'Of the attentive probe; 1 is official, the 77.9 on ImageNet has 2')}
              <label className="row small">
                <input
                  type="checkbox"
                  checked={recipe.completeBlock}
                  onChange={(e) => change({ completeBlock: e.target.checked })}
                />
                cross-attention with residual and MLP
              </label>
            </>
          )}
          {task === 'probe' && number('Weight decay', 'weightDecay', 0.01)}
          {task === 'probe' && number('Neighbours of kNN', 'neighbours', 1)}
          {task === 'finetune' && (
            <p className="faint small">Weight decay 0.05, layer decay 0.75, as in the article.</p>
          )}
        </div>
      </details>
    </section>
  );
}
