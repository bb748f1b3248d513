// Play, step and seek; below it what the screen shows of the whole clip.

import { Pause, Play } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { nextMask, showDraw, wake } from '../store/actions.ts';
import { slowOf, useSlow } from '../store/slow.ts';
import { shownFor } from '../video/pace.ts';
import { patch, sceneConfig, useFields, useStudio } from '../store/studio.ts';

export function Transport({ children }: { children: ReactNode }) {
  const { viewed, frame, playing, demo, screen, lesson } = useFields(
    'viewed',
    'frame',
    'playing',
    'demo',
    'screen',
    'lesson',
  );
  const { data } = useStudio(sceneConfig);
  const frames = viewed?.rgba.length ?? 0;
  usePlayback(playing && frames > 1);
  // a room is shown one mask until somebody asks for another
  useDemo(demo && screen === 'train' && lesson === null);
  const run = useStudio((s) => s.run);
  // a slow step shows a clip of its own, whose times are not told
  const slow = useSlow((s) => screen === 'train' && slowOf(s, run) !== null);
  const time = viewed?.times[frame] ?? 0;
  return (
    <section className="transport" aria-label="Transport">
      <div className="row">
        <button
          type="button"
          className="icon"
          aria-label={playing ? 'Pause the clip' : 'Play the clip'}
          title="Space"
          onClick={() => {
            wake();
            patch({ playing: !playing });
          }}
        >
          {playing ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
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
        <span className="time">
          frame {frame + 1} of {frames} {!slow && <span className="faint">{time.toFixed(2)} s</span>}
          {/* what is changed and what surprises is told in frames of the whole video */}
          {screen === 'look' && viewed && (
            <span className="faint">, {viewed.start + frame * data.samplingRate + 1} in the video</span>
          )}
        </span>
        {screen !== 'look' && !slow && <MaskButtons />}
      </div>
      {children}
    </section>
  );
}

function MaskButtons() {
  const maskShown = useStudio((s) => s.maskShown);
  return (
    <>
      <button
        type="button"
        aria-pressed={maskShown}
        title="M"
        onClick={() => {
          wake();
          patch({ maskShown: !maskShown });
        }}
      >
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
    </>
  );
}

/** Moves the cursor while playing, at the clip's own pace but no faster than 12 frames a second. */
function usePlayback(on: boolean): void {
  useEffect(() => {
    if (!on) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      const { viewed, frame } = useStudio.getState();
      timer = setTimeout(
        () => {
          patch({ frame: (useStudio.getState().frame + 1) % (useStudio.getState().viewed?.rgba.length ?? 1) });
          next();
        },
        shownFor(viewed?.times ?? [], frame),
      );
    };
    next();
    return () => clearTimeout(timer);
  }, [on]);
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
