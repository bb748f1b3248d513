// What is measured and how it is read: errors and surprise, error or skill, which baseline, which mask sets; export.

import { keptSteps, useKeep } from '../store/keep.ts';
import { cancelLook, measureErrors, measureSurprise, measureTraining, patchLook, useLook } from '../store/look.ts';
import { patch, sceneConfig, useStudio } from '../store/studio.ts';
import { maskName, setNames } from '../mask/maskings.ts';
import { JobBar } from './JobProgress.tsx';
import { LookCaution } from './LookCaution.tsx';
import { LookExport } from './LookExport.tsx';
import { LookMode } from './LookMode.tsx';
import { NoTrainingSteps, TrainingSteps } from './TrainingSteps.tsx';

export function LookPanel() {
  const { measuring, surprising, quantity, baseline } = useLook();
  const run = useStudio((s) => s.run);
  const device = useStudio((s) => s.device.kind);
  const off =
    device !== 'ready'
      ? 'There is no GPU yet.'
      : run?.weightless
        ? 'The weights of the run are on their way.'
        : run?.state === 'failed'
          ? 'The run broke and has no weights to look with.'
          : null;
  return (
    <section className="look-head" aria-label="What is measured">
      <div className="row wrap">
        <LookMode />
        <Measure what="measuring" job={measuring} off={off} name="Measure errors" title="E" start={measureErrors} />
        <Measure
          what="surprising"
          job={surprising}
          off={off}
          name="Measure surprise"
          title="U"
          start={measureSurprise}
        />
        <div className="segmented" role="group" aria-label="Quantity">
          {(['error', 'skill'] as const).map((q) => (
            <button
              key={q}
              type="button"
              title="Q"
              aria-pressed={quantity === q}
              onClick={() => patchLook({ quantity: q })}
            >
              {q}
            </button>
          ))}
        </div>
        {quantity === 'skill' && (
          <div className="segmented" role="group" aria-label="Skill against">
            {(['mean', 'copy'] as const).map((b) => (
              <button key={b} type="button" aria-pressed={baseline === b} onClick={() => patchLook({ baseline: b })}>
                {b === 'mean' ? 'mean feature' : 'nearest context'}
              </button>
            ))}
          </div>
        )}
        <Sets />
        <TrainingSteps />
        <OverTraining off={off !== null || measuring !== null} />
        <LookExport />
      </div>
      <p className="faint small">
        {quantity === 'error'
          ? 'Error of every token, the mean over the masks of the run that hid it.'
          : baseline === 'mean'
            ? 'Skill is 1 − error / error of the mean of all hidden features: 1 is perfect, 0 is no better than that mean, below 0 is worse.'
            : 'Skill is 1 − error / error of the nearest context token’s feature: 0 is no better than copying it, below 0 is worse.'}
        <NoTrainingSteps />
      </p>
      <LookCaution errors />
    </section>
  );
}

interface MeasureProps {
  what: 'measuring' | 'surprising';
  job: string | null;
  /** why it cannot begin */
  off: string | null;
  name: string;
  title: string;
  start: () => Promise<void>;
}

/** One button begins and ends it, so that the keyboard stays where it was. */
function Measure({ what, job, off, name, title, start }: MeasureProps) {
  return (
    <span {...(job && { className: 'progress-inline', role: 'status', 'data-testid': `${what}-now` })}>
      {job && <JobBar jobId={job} name={name} />}
      <button
        key="button"
        type="button"
        disabled={!job && off !== null}
        {...(job ? { className: 'link small' } : { title: off ?? title, 'data-testid': what })}
        onClick={() => (job ? cancelLook(what) : void start())}
      >
        {job ? 'Cancel' : name}
      </button>
    </span>
  );
}

/** Errors with the weights of every kept step. */
function OverTraining({ off }: { off: boolean }) {
  useKeep((s) => s.runs); // where the kept steps come from
  useStudio((s) => s.run);
  const steps = keptSteps().length;
  if (!steps) return null;
  return (
    <button
      type="button"
      disabled={off}
      title="O"
      data-testid="measure-training"
      onClick={() => void measureTraining()}
    >
      Measure over training
    </button>
  );
}

/** All mask sets together, or one; the choice of one is the whole page's. */
function Sets() {
  const { masks } = useStudio(sceneConfig);
  const maskSet = useStudio((s) => s.maskSet);
  const allSets = useLook((s) => s.allSets);
  if (masks.length < 2) return null;
  return (
    <div className="segmented" role="group" aria-label="Mask sets">
      <button type="button" title="S" aria-pressed={allSets} onClick={() => patchLook({ allSets: true })}>
        all masks
      </button>
      {setNames(masks).map((name, i) => (
        <button
          key={i}
          type="button"
          title={`set ${i + 1}: ${maskName(masks[i])} (S)`}
          aria-pressed={!allSets && i === maskSet}
          onClick={() => {
            patchLook({ allSets: false });
            patch({ maskSet: i });
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
