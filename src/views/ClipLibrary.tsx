// The user's videos: dropped, picked, listed.

import { byteSize } from '../core/byte-size.ts';
import { numbered } from '../core/numbered.ts';
import { FilePlus, FolderPlus, X } from 'lucide-react';
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { showClip } from '../store/actions.ts';
import { removeClip } from '../store/files.ts';
import { givesHandles } from '../store/file-handles.ts';
import { receiveFiles } from '../store/receive-files.ts';
import { sceneConfig, useStudio } from '../store/studio.ts';
import type { ClipInfo } from '../protocol/messages.ts';
import { Boundary } from './Boundary.tsx';
import { DrawnLookFields } from './DrawnLook.tsx';
import { focusNextRow } from './focus.ts';
import { FileButton } from './FileButton.tsx';
import { ReceivedFiles } from './ReceivedFiles.tsx';

const accepted = 'video/*,.mkv,image/gif,image/png,image/jpeg,image/webp,.safetensors,.onnx';

const OpenAgain = lazy(() => import('./OpenAgain.tsx'));

/** By handles, so that a later visit can open them again. */
const pick = (what: 'files' | 'folder') => import('../store/opened-before.ts').then((part) => part.pickClips(what));

export function ClipLibrary() {
  const clips = useStudio((s) => s.clips);
  const viewed = useStudio((s) => s.viewed?.clipId);
  const files = clips.filter((c) => c.source === 'file');
  const drawn = clips.filter((c) => c.source === 'procedural');
  return (
    <section className="panel" aria-label="Clips">
      <h2>
        Clips
        {files.length > 0 && <span className="faint">{files.length} of mine</span>}
      </h2>
      <div className="dropzone">
        <p className="faint small">Drop videos or folders anywhere. They stay on this device.</p>
        <div className="row grow">
          <FileButton
            many
            accept={accepted}
            testId="file-input"
            onFiles={receiveFiles}
            pick={givesHandles() ? () => void pick('files') : undefined}
          >
            <FilePlus size={16} aria-hidden="true" /> Videos…
          </FileButton>
          <FileButton
            folder
            testId="folder-input"
            onFiles={receiveFiles}
            pick={givesHandles() ? () => void pick('folder') : undefined}
          >
            <FolderPlus size={16} aria-hidden="true" /> Folder…
          </FileButton>
        </div>
        {files.length === 0 && (
          <Boundary of="part">
            <Suspense>
              <OpenAgain />
            </Suspense>
          </Boundary>
        )}
      </div>
      <ReceivedFiles />
      {files.length > 0 && (
        <ul className="clips">
          {files.map((clip) => (
            <ClipItem key={clip.clipId} clip={clip} active={clip.clipId === viewed} />
          ))}
        </ul>
      )}
      {drawn.length > 0 && (
        <details open={files.length === 0}>
          <summary>
            {drawn.length} drawn clips <span className="faint">exact labels</span>
          </summary>
          <DrawnLookFields />
          <Thumbs clips={drawn} viewed={viewed} />
        </details>
      )}
    </section>
  );
}

/** Pictures of clips that are one stop of the Tab key: arrow keys go from one to the next. */
function Thumbs({ clips, viewed }: { clips: readonly ClipInfo[]; viewed: string | undefined }) {
  const [focused, setFocused] = useState<number | null>(null);
  const stop =
    focused ??
    Math.max(
      0,
      clips.findIndex(({ clipId }) => clipId === viewed),
    );
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const all = [...event.currentTarget.querySelectorAll('button')];
    const columns = all.filter((button) => button.offsetTop === all[0].offsetTop).length;
    const moves: Record<string, number> = {
      ArrowLeft: stop - 1,
      ArrowRight: stop + 1,
      ArrowUp: stop - columns,
      ArrowDown: stop + columns,
      Home: 0,
      End: all.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    // frames stay where they are
    event.preventDefault();
    event.stopPropagation();
    all.at(next < 0 || next >= all.length ? stop : next)?.focus();
  };
  return (
    <div
      className="thumbs"
      role="toolbar"
      aria-label="Drawn clips"
      onKeyDown={onKeyDown}
      onBlur={() => setFocused(null)}
    >
      {clips.map((clip, i) => (
        <button
          key={clip.clipId}
          type="button"
          tabIndex={i === stop ? 0 : -1}
          aria-label={clip.name}
          aria-current={clip.clipId === viewed}
          title={Object.entries(clip.labels)
            .map(([k, v]) => `${k} ${v}`)
            .join(', ')}
          onFocus={() => setFocused(i)}
          onClick={() => void showClip(clip.clipId)}
        >
          <Poster clip={clip} />
        </button>
      ))}
    </div>
  );
}

function ClipItem({ clip, active }: { clip: ClipInfo; active: boolean }) {
  const item = useRef<HTMLLIElement>(null);
  const first = useStudio((s) => {
    const found = clip.copyOf && s.clips.find((c) => c.clipId === clip.copyOf);
    return found && (found.name === clip.name ? `that of ${found.labels.folder ?? 'another folder'}` : found.name);
  });
  useEffect(() => {
    if (active) reveal(item.current);
  }, [active]);
  return (
    <li
      ref={item}
      data-testid="clip-item"
      data-name={clip.name}
      data-frames={clip.frames}
      data-seconds={clip.seconds}
      aria-current={active}
    >
      <button type="button" className="clip" onClick={() => void showClip(clip.clipId)}>
        <Poster clip={clip} />
        <span className="clip-text">
          <span className="clip-name">{clip.name}</span>
          <span className="faint small">
            {numbered(clip.frames, 'frame')}, {clip.seconds.toFixed(1)} s, {clip.width} × {clip.height}
          </span>
          <span className="faint small">
            {clip.codec}, {byteSize(clip.bytes)}
            {clip.labels.folder ? `, ${clip.labels.folder}` : ''}
          </span>
        </span>
      </button>
      <button
        type="button"
        className="icon"
        aria-label={`Remove ${clip.name}`}
        onClick={({ currentTarget }) => {
          focusNextRow(currentTarget);
          removeClip(clip.clipId);
        }}
      >
        <X size={16} aria-hidden="true" />
      </button>
      {clip.warning && <p className="warn small">{clip.warning}</p>}
      {first && <p className="small faint">The same file as {first}.</p>}
      {active && <StartSlider clip={clip} />}
    </li>
  );
}

/** Scrolls the list, and not the page, until the item is seen. */
function reveal(item: HTMLElement | null): void {
  const list = item?.parentElement;
  if (!item || !list) return;
  const [one, all] = [item.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollTop += Math.min(0, one.top - all.top) + Math.max(0, one.bottom - all.bottom);
}

/** Where in the video the shown clip begins; or that it is too short for one. */
function StartSlider({ clip }: { clip: ClipInfo }) {
  const start = useStudio((s) => s.viewed?.start ?? 0);
  const { model, data } = useStudio(sceneConfig);
  const span = (model.frames - 1) * data.samplingRate;
  const last = clip.frames - 1 - span;
  if (last < 0)
    return (
      <p className="small faint">
        A clip takes {span + 1} frames, this has {clip.frames}: the last one is repeated.
      </p>
    );
  if (last === 0) return null;
  return (
    <label className="start">
      <span className="small faint">from frame {start + 1}</span>
      <input
        type="range"
        min={0}
        max={last}
        value={Math.min(start, last)}
        onChange={(e) => void showClip(clip.clipId, Number(e.target.value))}
      />
    </label>
  );
}

function Poster({ clip }: { clip: ClipInfo }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { width, height, rgba } = clip.poster;
  useEffect(() => {
    // drawn once and kept by the page: a GPU process that dies takes no thumbnail with it
    const ctx = ref.current?.getContext('2d', { willReadFrequently: true });
    ctx?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return <canvas ref={ref} className="poster" width={width} height={height} aria-hidden="true" />;
}
