// The frame under its mask, large: what is looked at, and what is painted on by hand.

import { numbered } from '../core/numbered.ts';
import { Brush, Eraser, MousePointer2, SquareDashed } from 'lucide-react';
import { wake } from '../store/actions.ts';
import { patchLab, type Tool, useLab } from '../store/lab.ts';
import { paintAll, pressToken, stroke } from '../store/lab-paint.ts';
import { patch, sceneConfig, useFields, useStudio } from '../store/studio.ts';
import { hashOf } from './colours.ts';
import { SetSwitch, tubeletOf } from './MaskView.tsx';
import { Pane } from './Pane.tsx';
import { paintCursor, paintFrame, paintMask, paintRectangle } from './paint.ts';
import type { Scene } from './scene.ts';
import { useSharpness } from './sharpness.ts';
import { TokenCanvas } from './TokenCanvas.tsx';

const greyText = (tubelets: number): string =>
  `Grey is thrown away: the official cut keeps the first tokens of each list, which are the ${tubelets > 1 ? 'earliest' : 'uppermost'}, and as many as the shortest list of the batch has.`;

const select = (token: number) => patch({ selected: token === useStudio.getState().selected ? null : token });

export function LabFrame({ scene }: { scene: Scene }) {
  const { viewed, frame, maskSet, maskShown, hovered, selected, maskProblem } = useFields(
    'viewed',
    'frame',
    'maskSet',
    'maskShown',
    'hovered',
    'selected',
    'maskProblem',
  );
  const { tool, corner } = useLab();
  const { grid, kinds, counts, model } = scene;
  const tubelet = tubeletOf(frame, model);
  const { maskCut } = useStudio(sceneConfig);
  const grey = maskCut === 'official' && counts !== null && counts.unused > 0;
  const [body, size] = useSharpness();
  const label = counts
    ? `${viewed?.name ?? 'Clip'}, frame ${frame + 1}, mask set ${maskSet + 1}: ${counts.context} context, ${counts.target} target and ${counts.unused} unused tokens of ${counts.all}`
    : (maskProblem ?? 'No mask');
  return (
    <Pane
      title="Frame"
      about={<SetSwitch />}
      body={body}
      tools={<Tools unused={counts?.unused ?? 0} />}
      {...(grey && { note: greyText(scene.grid.t) })}
    >
      <TokenCanvas
        size={size}
        grid={grid}
        tubelet={tubelet}
        label={label}
        testId="lab-frame"
        data={{ hash: kinds ? hashOf(kinds) : 'none', frame, tool, picture: 'frame' }}
        paint={(ctx) => {
          ctx.clearRect(0, 0, size, size);
          if (viewed) paintFrame(ctx, size, viewed, frame);
          const cells = { grid, tubelet, size };
          if (kinds && maskShown) paintMask(ctx, cells, kinds);
          paintCursor(ctx, cells, selected);
          paintCursor(ctx, cells, hovered);
          if (corner !== null) paintRectangle(ctx, cells, corner, hovered ?? corner);
        }}
        onStroke={(token, phase) => {
          wake();
          if (tool !== 'point') stroke(token, phase);
          else if (phase === 'start') select(token);
        }}
        onEnter={(token) => {
          wake();
          if (tool === 'point') select(token);
          else pressToken(token);
        }}
      />
    </Pane>
  );
}

const tools: { tool: Tool; name: string; key: string; icon: typeof Brush }[] = [
  { tool: 'point', name: 'Point', key: 'V', icon: MousePointer2 },
  { tool: 'brush', name: 'Brush', key: 'B', icon: Brush },
  { tool: 'rectangle', name: 'Rectangle', key: 'G', icon: SquareDashed },
];

/** Painting by hand: tool, what it paints, how far it reaches in time. */
function Tools({ unused }: { unused: number }) {
  const { tool, erase, reach, brush } = useLab();
  const painting = tool !== 'point';
  return (
    <div className="tools" role="toolbar" aria-label="Painting">
      <div className="segmented" role="group" aria-label="Tool">
        {tools.map(({ tool: own, name, key, icon: Icon }) => (
          <button
            key={own}
            type="button"
            aria-pressed={tool === own}
            aria-label={name}
            title={`${name} (${key})`}
            onClick={() => patchLab({ tool: own, corner: null })}
          >
            <Icon size={16} aria-hidden="true" />
          </button>
        ))}
      </div>
      {painting && (
        <>
          <button
            type="button"
            className="icon"
            aria-pressed={erase}
            aria-label="Erase"
            title="Erase: paint context instead of targets (D)"
            onClick={() => patchLab({ erase: !erase })}
          >
            <Eraser size={16} aria-hidden="true" />
          </button>
          {tool === 'brush' && (
            <select
              aria-label="Width of the brush"
              value={brush}
              onChange={(e) => patchLab({ brush: Number(e.target.value) })}
            >
              {[1, 2, 3, 5].map((n) => (
                <option key={n} value={n}>
                  {n} wide
                </option>
              ))}
            </select>
          )}
          <select
            aria-label="Tubelets that are painted"
            value={reach}
            onChange={(e) =>
              patchLab({ reach: e.target.value === 'clip' ? 'clip' : e.target.value === 'rest' ? 'rest' : 'tubelet' })
            }
          >
            <option value="clip">whole clip</option>
            <option value="tubelet">this tubelet</option>
            <option value="rest">from here on</option>
          </select>
          <button type="button" className="link" onClick={() => paintAll(false)}>
            Clear
          </button>
          {unused > 0 && (
            <span className="faint" data-testid="unused-lost">
              The first stroke makes {numbered(unused, 'unused token')} context: a painted mask has targets, and context
              is the rest.
            </span>
          )}
        </>
      )}
    </div>
  );
}
