// Changes to a stretch of the shown video, to see whether prediction notices.

import { useState } from 'react';
import { type Provocation, type ProvocationKind, provocationKinds } from '../core/provocation.ts';
import { goToChange, provokeWith } from '../store/look-change.ts';
import { useLook } from '../store/look.ts';
import { sceneConfig, useStudio } from '../store/studio.ts';
import { ChoiceField, NumberField } from './fields.tsx';
import { Panel } from './Panel.tsx';

const kinds: Record<ProvocationKind, { name: string; about: string }> = {
  freeze: { name: 'Freeze', about: 'The first frame of the stretch stays.' },
  reverse: { name: 'Reverse', about: 'The stretch runs backwards.' },
  teleport: { name: 'Teleport', about: 'Everything jumps half the width to the side, around the edge, and back.' },
  occlude: { name: 'Occlude', about: 'A grey box covers the middle half.' },
  swap: { name: 'Swap', about: 'The stretch changes places with as many frames behind it.' },
  splice: { name: 'Splice', about: 'Another clip is shown instead.' },
};

/** On a phone the pictures are above what one has scrolled to. */
const showPictures = (): void => document.querySelector('.looking .panes')?.scrollIntoView({ block: 'nearest' });

export function ProvokePanel() {
  const viewed = useStudio((s) => s.viewed);
  const clips = useStudio((s) => s.clips);
  const { data, model } = useStudio(sceneConfig);
  const provocation = useLook((s) => s.provocation);
  const shownClip = clips.find((c) => c.clipId === viewed?.clipId);
  const frames = shownClip?.frames ?? 1;
  const provoked = useLook((s) => s.provoked);
  // what is in force, when the panel opens again
  const [kind, setKind] = useState<ProvocationKind>(provocation?.kind ?? 'splice');
  const [stretch, setStretch] = useState<{ clipId: string; from: number; to: number } | null>(
    provocation && provoked ? { clipId: provoked, from: provocation.from, to: provocation.to } : null,
  );
  const [other, setOther] = useState<string | null>(provocation?.kind === 'splice' ? provocation.clipId : null);
  // a stretch is of one clip; of another it begins at the middle again, two tubelets long
  const middle = Math.floor(frames / 2);
  const length = Math.max(1, Math.min(frames - middle, 2 * model.tubelet * data.samplingRate));
  const own = stretch && stretch.clipId === viewed?.clipId ? stretch : { from: middle, to: middle + length };
  const { from, to } = own;
  // unless another is chosen, one of the same kind: a drawn clip in a film would surprise anybody
  const others = clips.filter((c) => c.clipId !== viewed?.clipId);
  const alike = others.find((c) => c.source === shownClip?.source) ?? others[0];
  const spliced = others.some((c) => c.clipId === other) ? other : (alike?.clipId ?? null);
  const behind = kind === 'swap' ? to - from : 0;
  const problem =
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to + behind <= frames
      ? undefined
      : from >= to
        ? 'The stretch ends before it begins.'
        : `The stretch${behind > 0 ? ', with as many frames behind it,' : ''} does not lie within ${frames} frames.`;
  const change = (part: { from?: number; to?: number }) =>
    viewed && setStretch({ clipId: viewed.clipId, from, to, ...part });
  const asked = (): Provocation | null =>
    kind !== 'splice' ? { kind, from, to } : spliced ? { kind, from, to, clipId: spliced } : null;
  return (
    <Panel title="Provoke" note={provocation ? kinds[provocation.kind].name.toLowerCase() : ''}>
      <ChoiceField
        label="Change"
        field="provoke.kind"
        value={kind}
        options={provocationKinds.map((k) => ({ value: k, label: kinds[k].name }))}
        onChange={setKind}
        testId="provoke-kind"
      />
      <p className="faint small">{kinds[kind].about}</p>
      <NumberField
        label="From frame"
        field="provoke.from"
        value={from + 1}
        min={1}
        max={frames}
        onChange={(v) => change({ from: v - 1 })}
      />
      <NumberField
        label="To frame"
        field="provoke.to"
        value={to}
        min={1}
        max={frames}
        onChange={(v) => change({ to: v })}
        {...(problem && { problem })}
      />
      {kind === 'splice' && spliced && (
        <ChoiceField
          label="With"
          field="provoke.clipId"
          value={spliced}
          options={others.map((c) => ({
            value: c.clipId,
            label: c.labels.folder ? `${c.name}, ${c.labels.folder}` : c.name,
          }))}
          onChange={setOther}
        />
      )}
      <div className="row">
        <button
          type="button"
          disabled={problem !== undefined || !viewed || asked() === null}
          data-testid="provoke"
          onClick={() => {
            provokeWith(asked());
            showPictures();
          }}
        >
          Change the video
        </button>
        {provocation && (
          <button type="button" data-testid="to-change" onClick={() => void goToChange().then(showPictures)}>
            Show it
          </button>
        )}
        {provocation && (
          <button type="button" data-testid="unprovoke" onClick={() => provokeWith(null)}>
            As it was
          </button>
        )}
      </div>
    </Panel>
  );
}
