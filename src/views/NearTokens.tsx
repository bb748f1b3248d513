// The most similar token of each of some other clips, with pictures: trained above, random weights below.

import { useEffect, useRef } from 'react';
import { gridOf } from '../core/config.ts';
import { type Grid, tokenPlace, tokenPosition } from '../core/grid.ts';
import type { NearToken } from '../protocol/looking-features.ts';
import { cancelFeatures, nearOf, presentView, searchNear, useFeatures } from '../store/look-features.ts';
import { goToToken } from '../store/look.ts';
import { sceneConfig, useStudio } from '../store/studio.ts';
import { JobProgress } from './JobProgress.tsx';
import { weightNames } from './LookPane.tsx';

/** Found tokens that are shown. */
const most = 8;

export function NearTokens() {
  useStudio((s) => s.selected);
  useStudio((s) => s.viewed);
  const clips = useStudio((s) => s.clips);
  const features = useFeatures();
  const { searching } = features;
  const { model } = useStudio(sceneConfig);
  const grid = gridOf(model);
  const view = presentView();
  if (!view) return null;
  const rows = (['current', 'random'] as const).map((weights) => ({ weights, near: nearOf(features, view, weights) }));
  return (
    <section className="look-bars near-tokens" aria-label="Nearest tokens in other clips">
      <div className="row wrap">
        <h2>
          Nearest tokens in other clips{' '}
          <span className="faint small">to {tokenPlace(grid, view.token)}; one of each clip, by cosine</span>
        </h2>
        {searching ? (
          <JobProgress jobId={searching} name="Tokens of other clips" cancel={() => cancelFeatures('searching')} />
        ) : (
          <button type="button" disabled={clips.length < 2} data-testid="search-near" onClick={() => void searchNear()}>
            Find
          </button>
        )}
      </div>
      {rows.map(
        ({ weights, near }) =>
          near && (
            <figure key={weights} data-testid={`near-${weights}`}>
              <figcaption className="small">{weightNames[weights]}</figcaption>
              <ol className="near-list">
                {near.value.slice(0, most).map((one) => (
                  <li key={one.clipId}>
                    <button
                      type="button"
                      aria-label={`Show ${clips.find((c) => c.clipId === one.clipId)?.name ?? 'the clip'} there, cosine ${one.cosine.toFixed(3)}`}
                      onClick={() => void goToToken(one)}
                    >
                      <Found one={one} grid={grid} />
                      <span className="small">{one.cosine.toFixed(3)}</span>
                    </button>
                  </li>
                ))}
              </ol>
            </figure>
          ),
      )}
    </section>
  );
}

/** The frame with the token outlined. */
function Found({ one, grid }: { one: NearToken; grid: Grid }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { side, picture, token } = one;
  useEffect(() => {
    const ctx = ref.current?.getContext('2d');
    ctx?.putImageData(new ImageData(picture, side, side), 0, 0);
    if (!ctx) return;
    const { y, x } = tokenPosition(grid, token);
    const [wide, high] = [side / grid.w, side / grid.h];
    for (const [line, colour] of [
      [7, '#000'],
      [4, '#fff'],
    ] as const) {
      ctx.lineWidth = line; // the picture is shown at about half its size
      ctx.strokeStyle = colour;
      ctx.strokeRect(x * wide, y * high, wide, high);
    }
  }, [picture, side, token, grid]);
  return <canvas ref={ref} width={side} height={side} aria-hidden="true" />;
}
