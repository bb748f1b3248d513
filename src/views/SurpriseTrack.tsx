// Surprise over the whole video: one line per length of context, peaks marked, the window of the stage shaded. Of a changed
// video the curve as it was stays beside the new one.

import { peakDeviations } from '../core/peaks.ts';
import { numbered } from '../core/numbered.ts';
import { changedWords, edgesOf } from '../core/provocation.ts';
import { cancelLook, goToFrame, patchLook, surprisingNow, useLook } from '../store/look.ts';
import { useFeatures } from '../store/look-features.ts';
import { useFields, useStudio } from '../store/studio.ts';
import { hashOf, series } from './colours.ts';
import { JobProgress } from './JobProgress.tsx';
import { contextOf, shownSurprise, type Track, trackOf } from './look-values.ts';
import { useWidth } from './width.ts';
import './small-charts.css';

const height = 112;
const edge = { left: 34, right: 8, top: 14, bottom: 18 };

/** The shown curve: of the changed video if it was measured. */
function shownTrack(): { track: Track; context: number; tubeletFrames: number } | null {
  const [studio, look] = [useStudio.getState(), useLook.getState()];
  const found = shownSurprise(studio, look, 'current', look.provocation !== null);
  if (!found) return null;
  const context = contextOf(found.value, look.context);
  return { track: trackOf(found.value, context)!, context, tubeletFrames: found.value.tubeletFrames };
}

/** Brings the next peak behind the cursor on the stage; behind the last comes the first. */
export async function nextPeak(): Promise<void> {
  const shown = shownTrack();
  if (!shown?.track.peaks.length) return;
  const { viewed, frame, run } = useStudio.getState();
  const now = (viewed?.start ?? 0) + frame * (run?.config.data.samplingRate ?? 1);
  const frames = shown.track.peaks.map((p) => shown.track.frames[p]);
  await goToFrame(frames.find((f) => f > now) ?? frames[0], shown.context * shown.tubeletFrames);
}

/** Tubelets seen of the curve in front. */
export const shownContext = (): number => shownTrack()?.context ?? useLook.getState().context;

const emptyText = {
  nothing: 'Measure it, and its track appears here.',
  this: 'It is being measured, and its track appears here.',
  'another video': 'That of another video is being measured; to measure this one takes its place.',
  'this video otherwise':
    'It is being measured with other weights or another change; to measure it anew takes its place.',
} as const;

export function SurpriseTrack() {
  const studio = useFields('viewed', 'run', 'clips', 'frame');
  const look = useLook();
  const mode = useFeatures((s) => s.mode); // errors have their measuring above the pictures
  const [box, width] = useWidth(640);
  const { viewed, run, clips, frame } = studio;
  const info = clips.find((c) => c.clipId === viewed?.clipId);
  const original = shownSurprise(studio, look, 'current', false);
  const changed = shownSurprise(studio, look, 'current', true);
  const random = shownSurprise(studio, look, 'random', look.provocation !== null);
  const found = changed ?? original;
  if (!found || !viewed || !run || !info)
    return (
      <div ref={box} className="faint small" data-testid="surprise-empty">
        Surprise is the error of predicting what comes next, window after window over the whole video.{' '}
        {emptyText[surprisingNow()]}{' '}
        {look.surprising && mode === 'features' && (
          <JobProgress
            jobId={look.surprising}
            name="Surprise"
            testId="surprising-now"
            cancel={() => cancelLook('surprising')}
          />
        )}
      </div>
    );
  const contexts = found.value.curves.map((c) => c.context);
  const context = contextOf(found.value, look.context);
  const track = trackOf(found.value, context)!;
  const before = changed && original ? trackOf(original.value, context) : null;
  const control = random && trackOf(random.value, context);
  const others = contexts.filter((c) => c !== context).map((c) => ({ c, line: trackOf(found.value, c)! }));
  // random weights predict features of their own: their errors have another scale, and pixels the same
  const own = run.config.loss.target === 'features' && control ? rangeOf([control]) : null;
  const range = rangeOf([track, before, own ? null : control, ...others.map((o) => o.line)]);
  const { low, top } = range;
  const x = (f: number) => edge.left + ((width - edge.left - edge.right) * f) / Math.max(1, info.frames - 1);
  const heightIn = (of: Range, v: number) =>
    edge.top + (height - edge.top - edge.bottom) * (1 - (v - of.low) / (of.top - of.low || 1));
  const y = (v: number) => heightIn(range, v);
  const path = (t: Track, of = range) =>
    t.frames.map((f, i) => `${i ? 'L' : 'M'}${x(f).toFixed(1)} ${heightIn(of, t.values[i]).toFixed(1)}`).join('');
  const here = viewed.start + frame * run.config.data.samplingRate;
  const peakFrames = track.peaks.map((p) => track.frames[p]);
  const label = `Surprise over ${info.name}, ${numbered(context, 'tubelet')} seen: mean ${track.mean.toFixed(3)}, largest ${track.max.toFixed(3)}; ${peakFrames.length ? `peaks at frames ${peakFrames.map((f) => f + 1).join(', ')}` : 'no peaks'}`;
  const { provocation } = look;
  const lastEdge = provocation ? (edgesOf(provocation).at(-1) ?? 0) : 0;
  return (
    <div ref={box} className="surprise">
      <div className="row wrap small">
        <span>
          Surprise <span className="faint">{found.step === null ? '' : `after ${found.step} steps`}</span>
        </span>
        <div className="segmented" role="group" aria-label="Tubelets of context">
          {contexts.map((c) => (
            <button key={c} type="button" aria-pressed={c === context} onClick={() => patchLook({ context: c })}>
              {c} seen
            </button>
          ))}
        </div>
        <span>
          <span className="faint">mean</span> {track.mean.toFixed(3)} <span className="faint">largest</span>{' '}
          {track.max.toFixed(3)}
        </span>
        <button
          type="button"
          title="N"
          disabled={!peakFrames.length}
          data-testid="next-peak"
          onClick={() => void nextPeak()}
        >
          {peakFrames.length ? `Next of ${numbered(peakFrames.length, 'peak')}` : 'No peak'}
        </button>
        <Legend
          peaks={peakFrames.length > 0}
          before={before !== null}
          control={control !== null}
          own={own}
          shown={context}
          others={others.map((o) => o.c)}
          contexts={contexts}
        />
      </div>
      <svg
        className="surprise-chart"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={info.frames}
        aria-valuenow={here + 1}
        aria-valuetext={`frame ${here + 1} of ${info.frames}`}
        data-testid="surprise"
        data-picture="surprise"
        data-caption={label}
        data-peaks={peakFrames.join(' ')}
        data-cursor={here}
        data-max={track.max.toFixed(5)}
        data-mean={track.mean.toFixed(5)}
        data-hash={hashOf(track.values)}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (!by) return;
          event.preventDefault();
          event.stopPropagation(); // elsewhere these keys go from tubelet to tubelet of the clip
          const target = Math.min(Math.max(here + by * track.every, 0), info.frames - 1);
          void goToFrame(target, context * found.value.tubeletFrames);
        }}
        onClick={(event) => {
          const at = event.clientX - event.currentTarget.getBoundingClientRect().left - edge.left;
          const share = at / (width - edge.left - edge.right);
          const target = Math.round(Math.min(Math.max(share, 0), 1) * (info.frames - 1));
          void goToFrame(target, context * found.value.tubeletFrames);
        }}
      >
        {provocation && changed && (
          <>
            <rect
              className="fill-changed"
              x={x(provocation.from)}
              y={edge.top}
              width={Math.max(2, x(lastEdge) - x(provocation.from))}
              height={height - edge.top - edge.bottom}
            />
            <text
              className="chart-axis"
              x={Math.min(Math.max(x((provocation.from + lastEdge) / 2), edge.left + 140), width - 140)}
              y={height - 3}
              textAnchor="middle"
              data-testid="changed-band"
            >
              {changedWords(provocation)}
            </text>
          </>
        )}
        <rect
          className="fill-window"
          x={x(viewed.start)}
          y={height - edge.bottom}
          width={Math.max(2, x(viewed.start + found.value.windowFrames - 1) - x(viewed.start))}
          height={4}
        />
        {others.map(({ c, line }) => (
          <path
            key={c}
            className="line-other"
            stroke={colourAt(contexts, c)}
            strokeDasharray={dashAt(contexts, c)}
            d={path(line)}
          />
        ))}
        {control && <path className="line-random" d={path(control, own ?? range)} />}
        {before && <path className="line-before" d={path(before)} />}
        <path
          className="line-now"
          stroke={colourAt(contexts, context)}
          strokeDasharray={dashAt(contexts, context)}
          d={path(track)}
        />
        {track.peaks.map((p) => (
          <path
            key={p}
            className="peak"
            d={`M${x(track.frames[p])} ${y(track.values[p]) - 2}l-4 -7h8z`}
            data-testid="peak"
          />
        ))}
        <line className="chart-cursor" x1={x(here)} x2={x(here)} y1={edge.top - 6} y2={height - edge.bottom} />
        <line className="chart-line" x1={edge.left} x2={width - edge.right} y1={y(low)} y2={y(low)} />
        <text className="chart-axis" x={edge.left - 4} y={y(low) + 3} textAnchor="end">
          {low === 0 ? '0' : low.toFixed(2)}
        </text>
        <text className="chart-axis" x={edge.left - 4} y={y(top) + 3} textAnchor="end">
          {top.toFixed(2)}
        </text>
        <text className="chart-axis" x={edge.left} y={height - 3}>
          frame 1
        </text>
        <text className="chart-axis" x={width - edge.right} y={height - 3} textAnchor="end">
          {info.frames}
        </text>
      </svg>
      <p className="faint small">
        <span data-testid="surprise-cover">{coverText(track, info.frames)}</span>{' '}
        {context === 1 ? 'The first tubelet of a window is seen' : `The first ${context} tubelets of a window are seen`}
        , the rest is predicted. A value covers the {track.covers} frames that begin there, so it rises before something
        happens. A peak lies {peakDeviations} robust deviations (1.48 × the median one) above the median and is the
        largest within {track.apart} frames.
      </p>
    </div>
  );
}

interface Range {
  low: number;
  top: number;
}

/** What lines go through together: from zero, unless that would flatten all of them. */
function rangeOf(tracks: (Track | null)[]): Range {
  const lines = tracks.filter((line) => line !== null);
  const top = Math.max(...lines.map((line) => line.max)) || 1;
  const lowest = lines.reduce((least, line) => line.values.reduce((a, b) => Math.min(a, b), least), top);
  return { low: lowest > top / 2 ? lowest - (top - lowest) / 4 : 0, top };
}

const coverText = ({ every, closest, predicted }: Track, frames: number): string =>
  `One window every ${numbered(every, 'frame')}${closest === null ? '' : `, every ${closest} around a change`}: ${predicted} of ${frames} frames are predicted.`;

const colourAt = (contexts: number[], c: number): string => series[contexts.indexOf(c) % series.length].colour;
const dashAt = (contexts: number[], c: number): string => series[contexts.indexOf(c) % series.length].dash;

interface LegendProps {
  peaks: boolean;
  before: boolean;
  control: boolean;
  /** what its line goes through from bottom to top, where that is not what the others do */
  own: Range | null;
  shown: number;
  others: number[];
  contexts: number[];
}

function Legend({ peaks, before, control, own, shown, others, contexts }: LegendProps) {
  const line = (className: string, stroke: string | undefined, dash: string | undefined, name: string) => (
    <span key={name} data-legend="surprise">
      <svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true">
        <path className={className} d="M0 4H22" {...(stroke && { stroke })} {...(dash && { strokeDasharray: dash })} />
      </svg>{' '}
      {name}
    </span>
  );
  return (
    <>
      {line('line-now', colourAt(contexts, shown), dashAt(contexts, shown), `${shown} seen`)}
      {peaks && <span data-legend="surprise">▾ peak</span>}
      {others.map((c) => line('line-other', colourAt(contexts, c), dashAt(contexts, c), `${c} seen`))}
      {before && line('line-before', undefined, undefined, 'as it was')}
      {control &&
        line(
          'line-random',
          undefined,
          undefined,
          `random weights${own ? `, own scale ${own.low.toFixed(3)} to ${own.top.toFixed(3)}` : ''}`,
        )}
    </>
  );
}
