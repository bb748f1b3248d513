// A test clip, playing, and where the query of the attentive probe looks: what it looks at stays bright.

import { Pause, Play, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { gridOf } from '../core/config.ts';
import { tokenCount } from '../core/grid.ts';
import { type ErrorReport, reportError } from '../core/errors.ts';
import { toHundredths } from '../core/hundredths.ts';
import type { Confusion, EvaluationReport, QueryAttention } from '../protocol/evaluation.ts';
import { patchEvaluation, useEvaluation } from '../store/evaluate.ts';
import { framesOf, headOf, lookWithProbe, perTubelet } from '../store/evaluation-clip.ts';
import type { ViewedClip } from '../store/studio.ts';
import { shownFor } from '../video/pace.ts';
import { clipName } from './EvaluateConfusion.tsx';
import { NumberField } from './fields.tsx';
import { focusOnOpening, useFocusBack } from './focus.ts';
import { tubeletOf } from './MaskView.tsx';
import { paintAttention, paintFrame } from './paint.ts';

type Entry = Confusion['clips'][number];

/** Why nothing is seen of where its probe looks. */
const ofEarlier: ErrorReport = {
  code: 'config',
  message: 'These results are of an earlier visit, and their attentive probe went with it.',
  advice: 'Ask the same again to see where it looks.',
};

export function EvaluateClip({ report, clip }: { report: EvaluationReport; clip: Entry }) {
  useFocusBack();
  const { request, classes } = report;
  const probed = request.task === 'probe';
  const attentive = probed && request.probes.includes('attentive') && request.sources.includes('trained');
  const [segment, setSegment] = useState(0);
  const [viewed, setViewed] = useState<ViewedClip | null>(null);
  const [attention, setAttention] = useState<QueryAttention | null>(null);
  const evaluation = useEvaluation((s) => s.reportJob);
  /** why its pictures, and why the attention, are not there */
  const [unread, setUnread] = useState<ErrorReport | null>(null);
  const [unseen, setUnseen] = useState<ErrorReport | null>(null);
  useEffect(() => {
    let current = true;
    const failed = (thrown: unknown) => current && setUnread(reportError(thrown));
    framesOf(clip.clip, request, segment).then((frames) => {
      if (!current) return;
      setViewed(frames);
      setUnread(null);
    }, failed);
    return () => {
      current = false;
    };
  }, [clip, request, segment]);
  useEffect(() => {
    let current = true;
    const failed = (thrown: unknown) => current && setUnseen(reportError(thrown));
    if (attentive && evaluation !== null)
      lookWithProbe(evaluation, clip.clip).then((found) => current && setAttention(found), failed);
    return () => {
      current = false;
    };
  }, [clip, attentive, evaluation]);
  return (
    <section
      className="opened-clip"
      aria-label="Opened clip"
      data-testid="opened-clip"
      onKeyDown={(e) => {
        if (e.key === 'Escape') patchEvaluation({ opened: null });
      }}
    >
      <div className="row">
        <h3 ref={focusOnOpening} tabIndex={-1}>
          {clipName(clip.clip)}
        </h3>
        <span className="small">
          truth {classes[clip.truth]}, answer {classes[clip.answer]}
        </span>
        <span className="spacer" />
        <button
          type="button"
          className="icon"
          aria-label="Close the clip"
          title="Esc"
          onClick={() => patchEvaluation({ opened: null })}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </div>
      {[unread, attentive && evaluation === null ? ofEarlier : unseen].map(
        (error) =>
          error && (
            <p key={error.message} className="warn small" role="alert">
              {error.message} {error.advice}
            </p>
          ),
      )}
      {viewed ? (
        <Player report={report} viewed={viewed} attention={attention} segment={segment} onSegment={setSegment} />
      ) : (
        !unread && <p className="faint small">The clip is being read.</p>
      )}
      {probed && !attentive && (
        <p className="faint small">Where a probe looks is known for the attentive probe on trained features.</p>
      )}
    </section>
  );
}

const side = 480;

interface PlayerProps {
  report: EvaluationReport;
  viewed: ViewedClip;
  attention: QueryAttention | null;
  /** which of the clips in time that the video was seen as */
  segment: number;
  onSegment: (segment: number) => void;
}

function Player({ report, viewed, attention, segment, onSegment }: PlayerProps) {
  const { config, segments, task } = report.request;
  const { model } = config;
  const grid = gridOf(model);
  const [frame, setFrame] = useState(0);
  const [playing, setPlaying] = useState(() => !matchMedia('(prefers-reduced-motion: reduce)').matches);
  const [head, setHead] = useState<number | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frames = viewed.rgba.length;
  const tubelet = tubeletOf(frame, model);
  const all = attention && headOf(attention, head);
  // tokens of all segments stand one behind the other
  const tokens = tokenCount(grid);
  const shares = all && all.subarray(segment * tokens, (segment + 1) * tokens);
  const most = all ? all.reduce((a, b) => Math.max(a, b), 0) : 0;
  useEffect(() => {
    if (!playing || frames < 2) return undefined;
    const timer = setTimeout(() => setFrame((f) => (f + 1) % frames), shownFor(viewed.times, frame));
    return () => clearTimeout(timer);
  }, [playing, frames, frame, viewed]);
  useEffect(() => {
    const ctx = canvas.current?.getContext('2d');
    if (!ctx) return;
    paintFrame(ctx, side, viewed, frame);
    if (shares) paintAttention(ctx, { grid, tubelet, size: side }, shares, most);
  });
  const inTime = shares && perTubelet(shares, grid.t);
  return (
    <div className="player">
      <canvas
        ref={canvas}
        className="probed-clip"
        width={side}
        height={side}
        role="img"
        data-testid="look"
        data-looked={shares !== null}
        aria-label={`Frame ${frame + 1} of ${frames}${shares ? `, ${headName(head)}` : ''}`}
      />
      <div className="player-side">
        <div className="row">
          <button
            type="button"
            className="icon"
            aria-label={playing ? 'Pause the opened clip' : 'Play the opened clip'}
            onClick={() => setPlaying(!playing)}
          >
            {playing ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
          </button>
          <input
            type="range"
            aria-label="Frame of the opened clip"
            min={0}
            max={frames - 1}
            value={frame}
            onChange={(e) => {
              setPlaying(false);
              setFrame(Number(e.target.value));
            }}
          />
        </div>
        {task !== 'finetune' && segments > 1 && (
          <NumberField
            label={`Segment of ${segments}`}
            field="segment"
            value={segment + 1}
            min={1}
            max={segments}
            onChange={(n) => onSegment(Number.isNaN(n) ? 0 : Math.min(segments, Math.max(1, Math.round(n))) - 1)}
          />
        )}
        {attention && inTime && (
          <>
            <div className="field">
              <label htmlFor="head">Head</label>
              <select
                id="head"
                data-testid="head"
                value={head ?? 'mean'}
                onChange={(e) => setHead(e.target.value === 'mean' ? null : Number(e.target.value))}
              >
                <option value="mean">mean of all {attention.heads}</option>
                {Array.from({ length: attention.heads }, (_, h) => (
                  <option key={h} value={h}>
                    {h + 1}
                  </option>
                ))}
              </select>
            </div>
            <Shares
              caption="Attention in time"
              entries={inTime.map((v, t) => [`tubelet ${t + 1}`, v, t === tubelet ? 'now' : ''])}
            />
            <Shares
              caption="The probe's answer"
              entries={report.classes.map((name, i) => [name, attention.answer[i] ?? 0, ''])}
            />
          </>
        )}
      </div>
    </div>
  );
}

const headName = (head: number | null): string =>
  head === null ? 'bright where the query looks, mean of all heads' : `bright where the query looks, head ${head + 1}`;

/** Shares of 1 as bars, with their numbers. */
function Shares({ caption, entries }: { caption: string; entries: [string, number, string][] }) {
  return (
    <table className="shares">
      <caption>{caption}</caption>
      <tbody>
        {entries.map(([name, value, note]) => (
          <tr key={name}>
            <th scope="row">
              {name} {note && <b>{note}</b>}
            </th>
            <td>
              <progress value={value} max={1} aria-hidden="true" />
            </td>
            <td>{toHundredths(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
