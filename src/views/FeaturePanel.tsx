// How features are looked at: kind, network, layer, head; what is shown, in a sentence.

import { gridOf } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { blockOf, layerName } from '../core/layers.ts';
import { featureKinds, type FeatureKind } from '../core/look-view.ts';
import { networks } from '../protocol/looking-features.ts';
import { cancelFeatures, patchFeatures, readAgain, useFeatures } from '../store/look-features.ts';
import { sceneConfig, useStudio } from '../store/studio.ts';
import { JobProgress } from './JobProgress.tsx';
import { LookCaution } from './LookCaution.tsx';
import { LookExport } from './LookExport.tsx';
import { LookMode } from './LookMode.tsx';
import { NoTrainingSteps, TrainingSteps } from './TrainingSteps.tsx';

const kindNames: Record<FeatureKind, string> = { pca: 'PCA', similarity: 'similarity', attention: 'attention' };
const kindKeys: Record<FeatureKind, string> = { pca: 'P', similarity: 'C', attention: 'A' };

const sentences: Record<FeatureKind, string> = {
  pca: 'Tokens along the three directions in which the features of this clip vary most, as red, green and blue: one basis for the whole clip, so a thing keeps its colour through time. The two pictures have a basis each.',
  similarity:
    'Cosine of the chosen token’s feature with that of every token in space and time. Click a token, or choose one with arrow keys and Enter.',
  attention:
    'How the attention of the chosen token is shared out among all tokens. Click a token, or choose one with arrow keys and Enter.',
};

export function FeaturePanel() {
  const { kind, network, layer, head, swapped, reading } = useFeatures();
  const { model } = useStudio(sceneConfig);
  const device = useStudio((s) => s.device.kind);
  const at = Math.min(layer ?? Infinity, model.depth + 1);
  const shown = kind === 'attention' ? blockOf(at, model.depth) : at;
  return (
    <section className="look-head" aria-label="How features are looked at">
      <div className="row wrap">
        <LookMode />
        <div className="segmented" role="group" aria-label="Kind of picture">
          {featureKinds.map((k) => (
            <button
              key={k}
              type="button"
              title={kindKeys[k]}
              aria-pressed={kind === k}
              data-testid={`kind-${k}`}
              onClick={() => patchFeatures({ kind: k })}
            >
              {kindNames[k]}
            </button>
          ))}
        </div>
        <div className="segmented" role="group" aria-label="Network">
          {networks.map((n) => (
            <button key={n} type="button" aria-pressed={network === n} onClick={() => patchFeatures({ network: n })}>
              {n}
            </button>
          ))}
        </div>
        <TrainingSteps />
        <label className="row layer-field" title="[ ]">
          Layer
          <input
            type="range"
            data-testid="layer"
            min={kind === 'attention' ? 1 : 0}
            max={kind === 'attention' ? model.depth : model.depth + 1}
            value={shown}
            aria-valuetext={layerName(shown, model.depth)}
            onChange={(event) => patchFeatures({ layer: Number(event.target.value) })}
          />
          <span className="layer-name">{layerName(shown, model.depth)}</span>
        </label>
        {kind === 'attention' && (
          <label className="row" title="H">
            Head
            <select
              data-testid="head"
              value={head === null ? 'mean' : Math.min(head, model.heads - 1)}
              onChange={(event) =>
                patchFeatures({ head: event.target.value === 'mean' ? null : Number(event.target.value) })
              }
            >
              <option value="mean">mean of all {model.heads}</option>
              {Array.from({ length: model.heads }, (_, h) => (
                <option key={h} value={h}>
                  {h + 1}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" title="W" aria-pressed={swapped} onClick={() => patchFeatures({ swapped: !swapped })}>
          Random first
        </button>
        {reading ? (
          <JobProgress jobId={reading} name="Features" testId="reading-now" cancel={() => cancelFeatures('reading')} />
        ) : (
          <button
            type="button"
            title="E"
            disabled={device !== 'ready'}
            data-testid="read-again"
            onClick={() => void readAgain()}
          >
            Read again
          </button>
        )}
        <LookExport />
      </div>
      <p className="faint small">
        {sentences[kind]}
        {kind === 'attention' && ` Shared evenly, each of ${tokenCount(gridOf(model))} would get the same.`}
        <NoTrainingSteps />
      </p>
      <LookCaution errors={false} />
    </section>
  );
}
