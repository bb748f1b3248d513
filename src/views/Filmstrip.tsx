// The clip at a glance, one picture per tubelet: under its mask, and with its prediction errors beside those of random
// weights. Pressed, a picture moves the cursor there.

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { gridOf, type ModelConfig } from '../core/config.ts';
import type { SlowStep } from '../protocol/slow.ts';
import { wake } from '../store/actions.ts';
import { clipOf, slowOf, useSlow } from '../store/slow.ts';
import { patch, sceneConfig, useFields, useStudio, type ViewedClip } from '../store/studio.ts';
import { weightsText } from './ErrorMap.tsx';
import { errorByToken, errorRange, meanOf, shownMap } from './error-values.ts';
import { tubeletOf } from './MaskView.tsx';
import { paintError, paintFrame, paintMask, tokenKinds } from './paint.ts';

/** Pixels of one picture's backing store. */
const side = 120;

export function Filmstrip() {
  const run = useStudio((s) => s.run);
  const slow = useSlow((s) => slowOf(s, run));
  if (run && slow)
    return (
      <div className="filmstrip">
        <SlowStrip s={slow} model={run.config.model} />
      </div>
    );
  return (
    <div className="filmstrip">
      <MaskStrip />
      <ErrorStrip which="latest" />
      <ErrorStrip which="random" />
    </div>
  );
}

const tubeletsOf = (model: { frames: number; tubelet: number }): number =>
  model.frames === 1 ? 1 : model.frames / model.tubelet;

type Paint = (ctx: CanvasRenderingContext2D, t: number, firstFrame: number) => void;

function MaskStrip() {
  const { viewed, sets, maskSet } = useFields('viewed', 'sets', 'maskSet');
  const { model } = useStudio(sceneConfig);
  const set = sets[maskSet];
  const mask = useMemo(() => set && { context: set.context[0], target: set.target[0] }, [set]);
  return <Masked title="mask" clip={viewed} mask={mask} model={model} />;
}

/** The clip that a slow step is trained on, under its mask. */
function SlowStrip({ s, model }: { s: SlowStep; model: ModelConfig }) {
  const maskSet = useStudio((studio) => studio.maskSet);
  const clip = useMemo(() => clipOf(s), [s]);
  const mask = s.sets[Math.min(maskSet, s.sets.length - 1)];
  return <Masked title={`mask of step ${s.step + 1}`} clip={clip} mask={mask} model={model} />;
}

interface MaskedProps {
  title: string;
  clip: ViewedClip | null;
  /** token indices of the mask set; undefined while it is not known */
  mask: { context: ArrayLike<number>; target: ArrayLike<number> } | undefined;
  model: ModelConfig;
}

function Masked({ title, clip, mask, model }: MaskedProps) {
  const maskShown = useStudio((s) => s.maskShown);
  const kinds = useMemo(() => (mask ? tokenKinds(gridOf(model), mask.context, mask.target) : null), [mask, model]);
  const paint = useCallback<Paint>(
    (ctx, t, first) => {
      if (clip) paintFrame(ctx, side, clip, first);
      if (kinds && maskShown) paintMask(ctx, { grid: gridOf(model), tubelet: t, size: side }, kinds);
    },
    [clip, kinds, maskShown, model],
  );
  const count = (t: number): number => {
    const { h, w } = gridOf(model);
    return mask ? Array.from(mask.context).filter((n) => Math.floor(n / (h * w)) === t).length : 0;
  };
  return <Strip title={title} model={model} describe={(t) => `${count(t)} context tokens`} paint={paint} />;
}

function ErrorStrip({ which }: { which: 'latest' | 'random' }) {
  const { viewed, maskSet } = useFields('viewed', 'maskSet');
  const high = useStudio((s) => errorRange(s).high);
  const sets = useStudio((s) => shownMap(s, which)?.sets);
  const model = useStudio((s) => shownMap(s, which)?.model);
  const title = useStudio((s) => weightsText(shownMap(s, which)));
  const paint = useCallback<Paint>(
    (ctx, t, first) => {
      if (!viewed || !model || !sets) return;
      paintFrame(ctx, side, viewed, first);
      const values = errorByToken({ sets }, maskSet);
      paintError(ctx, { grid: gridOf(model), tubelet: t, size: side }, values, { low: 0, high });
    },
    [viewed, model, sets, maskSet, high],
  );
  if (!sets || !model) return null;
  const values = errorByToken({ sets }, maskSet);
  const { h, w } = gridOf(model);
  const mean = (t: number) => meanOf([...values].filter(([n]) => Math.floor(n / (h * w)) === t).map(([, e]) => e));
  return (
    <Strip title={`error, ${title}`} model={model} describe={(t) => `mean error ${mean(t).toFixed(3)}`} paint={paint} />
  );
}

interface StripProps {
  title: string;
  model: { frames: number; tubelet: number };
  describe: (t: number) => string;
  /** memoised: the pictures are painted again when it is another one */
  paint: Paint;
}

function Strip({ title, model, describe, paint }: StripProps) {
  const frame = useStudio((s) => s.frame);
  const box = useRef<HTMLDivElement>(null);
  const tubelets = tubeletsOf(model);
  const perTubelet = model.frames === 1 ? 1 : model.tubelet;
  useEffect(() => {
    const pictures = [...(box.current?.querySelectorAll('canvas') ?? [])].slice(0, tubelets);
    for (const [t, canvas] of pictures.entries()) {
      const ctx = canvas.getContext('2d');
      if (ctx) paint(ctx, t, t * perTubelet);
    }
  }, [paint, perTubelet, tubelets]);
  return (
    <div className="strip" role="group" aria-label={`Tubelets, ${title}`}>
      <div ref={box}>
        {Array.from({ length: tubelets }, (_, t) => (
          <button
            key={t}
            type="button"
            className="tubelet"
            aria-current={tubeletOf(frame, model) === t}
            aria-label={`Tubelet ${t + 1}, ${describe(t)}`}
            title={`tubelet ${t + 1}, ${describe(t)}`}
            onClick={() => {
              wake();
              patch({ frame: t * perTubelet, playing: false });
            }}
          >
            <canvas width={side} height={side} aria-hidden="true" />
          </button>
        ))}
      </div>
      <p className="small faint">{title}</p>
    </div>
  );
}
