// One training step in slow motion, in place of the stage: its stages with the true tensors, forwards and backwards.

import { ChevronLeft, ChevronRight, Pause, Play, X } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { tokenPlace } from '../core/grid.ts';
import { type SlowStage, slowStages, type SlowStep } from '../protocol/slow.ts';
import { clipOf, closeSlow, nextStage, playStages, showStage, slowOf, takeSlowStep, useSlow } from '../store/slow.ts';
import { useFields, useStudio } from '../store/studio.ts';
import { bringIntoView } from './bring-into-view.ts';
import { hashOf, magma, rdbu } from './colours.ts';
import { focusOnOpening, useFocusBack } from './focus.ts';
import { SetSwitch, stageSize } from './MaskView.tsx';
import { CONTEXT, paintCursor, paintFrame, paintMask, paintValues, tokenKinds, UNUSED } from './paint.ts';
import { Pane } from './Pane.tsx';
import { chosenToken, pullsEqually, stageRows, stageValues } from './slow-values.ts';
import { stageNames, stageText, workText } from './slow-words.ts';
import { SlowLayers } from './SlowLayers.tsx';
import { TokenCanvas } from './TokenCanvas.tsx';
import './slow.css';
import { rounded } from './numbers.ts';

/** Milliseconds of a stage while they follow each other. */
const stageTime = 1200;

export default function SlowMotion() {
  useFocusBack();
  const { stage, playing, pending } = useSlow();
  const run = useStudio((s) => s.run);
  const shown = useSlow((s) => slowOf(s, run));
  useEffect(() => {
    const timer = playing ? setInterval(nextStage, stageTime) : 0;
    return () => clearInterval(timer);
  }, [playing]);
  if (!shown) return null;
  const name = slowStages[stage];
  return (
    <section className="slow" aria-label="A step in slow motion" data-testid="slow-motion" data-stage={name}>
      <div className="row wrap slow-head">
        <h2 key={shown.step} ref={focusOnOpening} tabIndex={-1}>
          Step {shown.step + 1} in slow motion
        </h2>
        <SetSwitch />
        <span className="row end">
          <button
            type="button"
            className="icon"
            aria-label="Stage before"
            disabled={!stage}
            onClick={() => showStage(stage - 1)}
          >
            <ChevronLeft size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="icon"
            aria-label={playing ? 'Stop at this stage' : 'Go through the stages'}
            onClick={() => playStages(!playing)}
          >
            {playing ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
          </button>
          <button
            type="button"
            className="icon"
            aria-label="Next stage"
            disabled={stage === slowStages.length - 1}
            onClick={() => showStage(stage + 1)}
          >
            <ChevronRight size={16} aria-hidden="true" />
          </button>
          <button type="button" disabled={pending} title="Z" onClick={() => void takeSlowStep()}>
            {pending ? 'Taking a step' : 'Next step'}
          </button>
          <button type="button" className="icon" aria-label="Close slow motion" title="Esc" onClick={closeSlow}>
            <X size={16} aria-hidden="true" />
          </button>
        </span>
      </div>
      <ol className="slow-stages">
        {slowStages.map((s, i) => (
          // on a phone the row of stages is wider than the page
          <li key={s} ref={i === stage ? bringIntoView : undefined}>
            <button type="button" aria-current={i === stage ? 'step' : undefined} onClick={() => showStage(i)}>
              {stageNames[s]}
            </button>
          </li>
        ))}
      </ol>
      <div className="slow-panes">
        <Picture s={shown} stage={name} />
        <Words s={shown} stage={name} />
      </div>
    </section>
  );
}

/** The clip of the step, as it was trained on, under what the stage made of it; layers where it made new weights. */
function Picture({ s, stage }: { s: SlowStep; stage: SlowStage }) {
  const { frame, hovered, maskSet } = useFields('frame', 'hovered', 'maskSet');
  const clip = useMemo(() => clipOf(s), [s]);
  const set = s.sets[Math.min(maskSet, s.sets.length - 1)];
  const kinds = useMemo(() => tokenKinds(s.grid, set.context, set.target), [s, set]);
  if (stage === 'adamw' || stage === 'ema') return <SlowLayers s={s} stage={stage} />;
  const tubelet = Math.min(s.grid.t - 1, Math.floor((frame * s.grid.t) / s.rgba.length));
  const token = chosenToken(stage, set, hovered);
  const values = stageValues(stage, s, set, token);
  const high = Math.max(...values.values(), 0) || 1;
  const signed = stage !== 'error' && stage !== 'gradient';
  const colour = signed ? rdbu : (v: number) => magma(v / high);
  // what the context encoder is given: the kept tokens alone
  const seen = stage === 'patches' ? kinds.map((kind) => (kind === CONTEXT ? CONTEXT : UNUSED)) : kinds;
  return (
    <Pane
      note={
        <>
          {values.size > 0 && (
            <>
              <span>{signed ? 'cosine' : stage === 'error' ? 'error' : 'length of the gradient'}</span>
              <span className="faint">{signed ? '−1 red, 1 blue' : `0 dark, ${rounded(high)} bright`}</span>
            </>
          )}
          <span className="faint">frame {frame + 1}</span>
        </>
      }
    >
      <TokenCanvas
        size={stageSize}
        grid={s.grid}
        tubelet={tubelet}
        label={`${stageNames[stage]}, frame ${frame + 1} of the first clip of step ${s.step + 1}. ${stageText(stage, s, set)}`}
        testId="slow-picture"
        data={{ stage, hash: hashOf(values.size ? values.values() : seen) }}
        paint={(ctx, size) => {
          ctx.clearRect(0, 0, size, size);
          paintFrame(ctx, size, clip, frame);
          const cells = { grid: s.grid, tubelet, size };
          if (values.size) paintValues(ctx, cells, values, colour);
          else paintMask(ctx, cells, seen);
          paintCursor(ctx, cells, stage === 'mask' ? hovered : token);
        }}
      />
    </Pane>
  );
}

function Words({ s, stage }: { s: SlowStep; stage: SlowStage }) {
  const { hovered, maskSet } = useFields('hovered', 'maskSet');
  const set = s.sets[Math.min(maskSet, s.sets.length - 1)];
  const token = chosenToken(stage, set, hovered);
  const rows = stageRows(stage, s, set, token);
  return (
    <div className="slow-words">
      <p role="status">{stageText(stage, s, set)}</p>
      <p className="faint small">{workText(stage, s)}</p>
      {rows.length > 0 && (
        <>
          <p className="small">
            Token at {tokenPlace(s.grid, token)}
            {stage === 'error' && `, error ${set.error[set.target.indexOf(token)].toFixed(4)}`}
          </p>
          <Strips rows={rows} />
        </>
      )}
      {stage === 'error' && (
        <ul className="small">
          {s.lossPerSet.map((loss, i) => (
            <li key={i}>
              Mask set {i + 1} {loss.toFixed(4)}
            </li>
          ))}
        </ul>
      )}
      {stage === 'gradient' && pullsEqually(set) && (
        <p className="small faint">
          Every hidden token pulls equally hard, however large its error is; only the direction differs. That is what an
          L1 loss does.
        </p>
      )}
    </div>
  );
}

/** Rows of numbers as coloured cells, all on one scale. */
function Strips({ rows }: { rows: { name: string; values: Float32Array }[] }) {
  const most = rows.reduce((m, { values }) => values.reduce((n, v) => Math.max(n, Math.abs(v)), m), 0) || 1;
  return (
    <dl className="strips">
      {rows.map(({ name, values }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Strip name={name} values={values} most={most} />
          </dd>
        </div>
      ))}
      <div className="small faint">
        <dt />
        <dd>
          {rows[0].values.length} numbers, −{most.toFixed(2)} red, {most.toFixed(2)} blue
        </dd>
      </div>
    </dl>
  );
}

function Strip({ name, values, most }: { name: string; values: Float32Array; most: number }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    if (!ctx) return;
    values.forEach((v, i) => {
      ctx.fillStyle = `rgb(${rdbu(v / most).join(' ')})`;
      ctx.fillRect(i, 0, 1, 1);
    });
  }, [values, most]);
  const mean = values.reduce((a, b) => a + Math.abs(b), 0) / values.length;
  return (
    <canvas
      ref={ref}
      width={values.length}
      height={1}
      role="img"
      aria-label={`${name}: ${values.length} numbers, mean size ${mean.toFixed(3)}`}
    />
  );
}
