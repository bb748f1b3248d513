// Features of the encoder that came as a file: colours along the axes that tell tokens apart best, and the similarity of one
// token to all others, over the shown clip.

import { useMemo } from 'react';
import { type Grid, tokenCount, tokenPlace } from '../core/grid.ts';
import { cosineMap } from '../core/token-features.ts';
import { numbered } from '../core/numbered.ts';
import type { Encoded } from '../protocol/pretrained.ts';
import { foundNow, patchPretrained, type PretrainedPane, usePretrained } from '../store/pretrained.ts';
import { plainName } from '../store/save-file.ts';
import { useStudio } from '../store/studio.ts';
import { hashOf, viridis } from './colours.ts';
import { ColourScale } from './ColourScale.tsx';
import { stageSize } from './MaskView.tsx';
import { fixed } from './numbers.ts';
import { Pane } from './Pane.tsx';
import { PaneCorner } from './PaneCorner.tsx';
import { type Context, paintCursor, paintFrame, paintValues } from './paint.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

export function PretrainedPanes() {
  const view = usePretrained();
  // what is shown decides which features are
  useStudio((s) => s.viewed);
  const encoded = foundNow(view);
  if (!view.encoder) return null;
  if (!encoded)
    return (
      <p className="pretrained-line faint small" data-testid="pretrained-waiting">
        {view.job ? `${view.encoder.name} reads this clip.` : `${view.encoder.name} has not read this clip.`}
      </p>
    );
  return (
    <>
      <div className={`pretrained-panes${view.largest ? ' pretrained-alone' : ''}`}>
        {view.largest !== 'similarity' && <Colours encoded={encoded} />}
        {view.largest !== 'colours' && <Similarity encoded={encoded} />}
      </div>
      <About encoded={encoded} />
    </>
  );
}

/** What was run, on what, and what was left out. */
function About({ encoded }: { encoded: Encoded }) {
  const { features, seen, extra, guessed, backend, milliseconds } = encoded;
  const { grid, channels } = features;
  const seconds = milliseconds < 100 ? '< 0.1' : (milliseconds / 1000).toFixed(1);
  return (
    <p className="pretrained-line faint small" data-testid="pretrained-about">
      {tokenCount(grid)} tokens of {channels} channels, {grid.t} × {grid.h} × {grid.w}, from{' '}
      {numbered(seen.count, 'frame')}, {seen.first + 1} to {seen.last + 1}. {backend}, {seconds} s.
      {extra > 0 && ` ${numbered(extra, 'class or register token')} in front left out.`}
      {guessed && ' The grid is the usual one for this number of tokens; the file does not tell it.'}
    </p>
  );
}

/** The tubelet that a frame of the stage belongs to. */
const tubeletAt = ({ t }: Grid, frame: number, frames: number): number =>
  Math.min(t - 1, Math.floor((frame * t) / frames));

function useTubelet(grid: Grid): number {
  const frame = useStudio((s) => s.frame);
  const frames = useStudio((s) => s.viewed?.rgba.length ?? 1);
  return tubeletAt(grid, frame, frames);
}

interface CornerProps {
  pane: PretrainedPane;
  title: string;
  encoded: Encoded;
  about: object;
  paint: (ctx: Context, size: number, tubelet: number) => void;
  columns: readonly string[];
  values: ArrayLike<number>;
}

function Corner({ pane, title, encoded, about, paint, columns, values }: CornerProps) {
  const { encoder, largest } = usePretrained();
  const viewed = useStudio((s) => s.viewed);
  const { grid } = encoded.features;
  const frames = viewed?.rgba.length ?? 1;
  return (
    <PaneCorner
      title={title}
      large={largest === pane}
      onLarge={() => patchPretrained({ largest: largest === pane ? null : pane })}
      picture={{
        file: (extension) =>
          `${plainName(viewed?.name ?? 'clip')}-${pane}-${plainName(encoder?.name ?? 'encoder')}.${extension}`,
        about: { what: pane, encoder: encoder?.name, ...about },
        paint: (ctx, size, frame) => {
          if (viewed) paintFrame(ctx, size, viewed, frame);
          paint(ctx, size, tubeletAt(grid, frame, frames));
        },
        grid,
        columns,
        values: Float32Array.from(values),
      }}
    />
  );
}

const cursor = {
  // arrow keys go on from the chosen token
  get: () => {
    const { under, token } = usePretrained.getState();
    return under ?? token;
  },
  set: (under: number | null) => patchPretrained({ under }),
};
const choose = (token: number) => patchPretrained({ token });

function Colours({ encoded }: { encoded: Encoded }) {
  const { features, colours, shares } = encoded;
  const { grid } = features;
  const viewed = useStudio((s) => s.viewed);
  const frame = useStudio((s) => s.frame);
  const { token, under } = usePretrained();
  const tubelet = useTubelet(grid);
  const tokens = useMemo(() => new Map(Array.from({ length: tokenCount(grid) }, (_, n) => [n, n])), [grid]);
  const percent = shares.map((s) => `${(100 * s).toFixed(0)} %`);
  const paint = (ctx: Context, size: number, at: number) =>
    paintValues(ctx, { grid, tubelet: at, size }, tokens, (n) => [
      colours[3 * n],
      colours[3 * n + 1],
      colours[3 * n + 2],
    ]);
  return (
    <Pane
      title="Main axes"
      about="one basis for the whole clip"
      corner={
        <Corner
          pane="colours"
          title="Main axes"
          encoded={encoded}
          about={{ shares }}
          paint={paint}
          columns={['red', 'green', 'blue']}
          values={colours}
        />
      }
      note={
        <>
          {percent.map((p, i) => (
            <span key={i}>
              <span className="faint">{['red', 'green', 'blue'][i]}</span> {p}
            </span>
          ))}
          <span className="faint">of the variance; signs by the largest loading</span>
        </>
      }
    >
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={`Features of ${features.about} as colours, tubelet ${tubelet + 1} of ${grid.t}; the axes hold ${percent.join(', ')} of the variance`}
        testId="pretrained-pca"
        data={{ caption: 'main axes, one basis for the whole clip', hash: hashOf(colours), tubelet }}
        cursor={cursor}
        onStroke={(n, phase) => phase === 'start' && choose(n)}
        onEnter={choose}
        paint={(ctx, size) => {
          ctx.clearRect(0, 0, size, size);
          if (viewed) paintFrame(ctx, size, viewed, frame);
          paint(ctx, size, tubelet);
          paintCursor(ctx, { grid, tubelet, size }, under ?? token);
        }}
      />
    </Pane>
  );
}

function Similarity({ encoded }: { encoded: Encoded }) {
  const { features } = encoded;
  const { grid } = features;
  const viewed = useStudio((s) => s.viewed);
  const frame = useStudio((s) => s.frame);
  const { token, under } = usePretrained();
  const tubelet = useTubelet(grid);
  const chosen = token !== null && token < tokenCount(grid) ? token : 0;
  const cosines = useMemo(() => cosineMap(features, chosen), [features, chosen]);
  const values = useMemo(() => new Map(Array.from(cosines, (v, n) => [n, v])), [cosines]);
  const low = useMemo(() => cosines.reduce((a, b) => Math.min(a, b), 1), [cosines]);
  const at = under ?? chosen;
  const place = tokenPlace(grid, chosen);
  const paint = (ctx: Context, size: number, shown: number) =>
    paintValues(ctx, { grid, tubelet: shown, size }, values, (v) => viridis((v - low) / (1 - low || 1)));
  return (
    <Pane
      title="Similarity"
      about={`to ${place}; click another`}
      corner={
        <Corner
          pane="similarity"
          title="Similarity"
          encoded={encoded}
          about={{ token: chosen }}
          paint={paint}
          columns={['cosine']}
          values={cosines}
        />
      }
      note={
        <>
          <ColourScale colour={viridis} low={fixed(low, 2)} high="1" />
          <span>
            <span className="faint">cosine</span> {fixed(cosines[Math.min(at, cosines.length - 1)], 3)}
          </span>
        </>
      }
    >
      <TokenCanvas
        size={stageSize}
        grid={grid}
        tubelet={tubelet}
        label={`Cosine of every token with ${place}: from ${low.toFixed(2)} to 1; tubelet ${tubelet + 1} of ${grid.t}`}
        testId="pretrained-cosine"
        data={{ caption: `similarity to ${place}`, hash: hashOf(cosines), token: chosen, low: low.toFixed(4) }}
        cursor={cursor}
        onStroke={(n, phase) => phase === 'start' && choose(n)}
        onEnter={choose}
        paint={(ctx, size) => {
          ctx.clearRect(0, 0, size, size);
          if (viewed) paintFrame(ctx, size, viewed, frame);
          paint(ctx, size, tubelet);
          paintCursor(ctx, { grid, tubelet, size }, at);
        }}
      />
    </Pane>
  );
}
