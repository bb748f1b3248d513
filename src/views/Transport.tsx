// Play, step and seek; below it one picture per tubelet.

import { useEffect, useRef } from 'react';
import { gridOf } from '../core/config.ts';
import { nextMask, showDraw, wake } from '../store/actions.ts';
import { patch, useStudio } from '../store/studio.ts';
import { tubeletOf } from './MaskView.tsx';
import { paintFrame, paintMask, tokenKinds } from './paint.ts';

export function Transport() {
  const { viewed, frame, playing, maskShown, demo, sets, maskSet, config } = useStudio();
  const frames = viewed?.rgba.length ?? 0;
  usePlayback(playing && frames > 1, frames, config.data.samplingRate);
  useDemo(demo);
  const time = viewed?.times[frame] ?? 0;
  const tubelets = Math.ceil(frames / (config.model.frames === 1 ? 1 : config.model.tubelet));
  return (
    <section className="transport" aria-label="Transport">
      <div className="row">
        <button
          type="button"
          className="icon"
          aria-label={playing ? 'Pause the clip' : 'Play the clip'}
          title="Space"
          onClick={() => patch({ playing: !playing })}
        >
          {playing ? '❚❚' : '▶'}
        </button>
        <input
          type="range"
          aria-label="Frame"
          min={0}
          max={Math.max(0, frames - 1)}
          value={frame}
          onChange={(event) => {
            wake();
            patch({ frame: Number(event.target.value), playing: false });
          }}
        />
        <output className="time">
          frame {frame + 1} of {frames} <span className="faint">{time.toFixed(2)} s</span>
        </output>
        <button type="button" aria-pressed={maskShown} title="M" onClick={() => patch({ maskShown: !maskShown })}>
          Mask
        </button>
        <button
          type="button"
          title="R"
          data-testid="new-mask"
          onClick={() => {
            wake();
            nextMask();
          }}
        >
          New mask
        </button>
      </div>
      <div className="filmstrip" role="group" aria-label="Tubelets">
        {Array.from({ length: tubelets }, (_, t) => (
          <Tubelet
            key={t}
            t={t}
            active={tubeletOf(frame, config.model) === t}
            context={countIn(sets[maskSet]?.context[0], t, gridOf(config.model))}
          />
        ))}
      </div>
    </section>
  );
}

function countIn(tokens: ArrayLike<number> | undefined, t: number, grid: { h: number; w: number }): number {
  const plane = grid.h * grid.w;
  return tokens ? Array.from(tokens).filter((n) => Math.floor(n / plane) === t).length : 0;
}

/** One tubelet: its first frame under the mask. */
function Tubelet({ t, active, context }: { t: number; active: boolean; context: number }) {
  const { viewed, sets, maskSet, maskShown, config } = useStudio();
  const ref = useRef<HTMLCanvasElement>(null);
  const first = t * (config.model.frames === 1 ? 1 : config.model.tubelet);
  const set = sets[maskSet];
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    if (!ctx || !viewed) return;
    const grid = gridOf(config.model);
    paintFrame(ctx, 96, viewed, first);
    if (set && maskShown)
      paintMask(ctx, { grid, tubelet: t, size: 96 }, tokenKinds(grid, set.context[0], set.target[0]));
  }, [viewed, set, maskShown, first, t, config.model]);
  return (
    <button
      type="button"
      className="tubelet"
      aria-current={active}
      aria-label={`Tubelet ${t + 1}: ${context} context tokens`}
      onClick={() => patch({ frame: first, playing: false })}
    >
      <canvas ref={ref} width={96} height={96} aria-hidden="true" />
      <span className="faint">{t + 1}</span>
    </button>
  );
}

/** Moves the cursor while playing, at the clip's own pace but no faster than 12 frames a second. */
function usePlayback(on: boolean, frames: number, stride: number): void {
  useEffect(() => {
    if (!on) return undefined;
    const every = Math.max(83, (1000 * stride) / 24);
    const timer = setInterval(() => patch({ frame: (useStudio.getState().frame + 1) % frames }), every);
    return () => clearInterval(timer);
  }, [on, frames, stride]);
}

/** Until the user does something, the mask changes by itself; not for people who asked for less motion. */
function useDemo(on: boolean): void {
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (still) patch({ playing: false });
    if (!on || still) return undefined;
    const timer = setInterval(() => {
      const { stored, draw } = useStudio.getState();
      // the stored run has error maps of a few draws: go round among them
      const draws = new Set(stored?.maps.map((m) => m.draw)).size;
      if (draws && draw + 1 >= draws) showDraw(0);
      else nextMask();
    }, 2500);
    return () => clearInterval(timer);
  }, [on]);
}
