// The corner of a picture: large and back, what can be taken away of it, a link to it.

import { Download, Link, Maximize2, Minimize2 } from 'lucide-react';
import { useId, useRef } from 'react';
import { type PanePicture, savePaneCsv, savePaneFilm, savePaneNpy, savePanePng } from '../store/pane-export.ts';

interface Props {
  title: string;
  large: boolean;
  onLarge: () => void;
  /** null while there is nothing to take away */
  picture: PanePicture | null;
  onLink?: () => void;
}

const ways = [
  ['This frame', 'PNG', savePanePng],
  ['The whole clip', 'WebM', savePaneFilm],
  ['Every token', 'CSV', savePaneCsv],
  ['Every token', 'NPY', savePaneNpy],
] as const;

export function PaneCorner({ title, large, onLarge, picture, onLink }: Props) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <span className="pane-corner">
      <button
        type="button"
        className="icon"
        aria-pressed={large}
        aria-label={`${title} alone`}
        title={large ? 'Beside the others again' : 'Alone and large'}
        onClick={onLarge}
      >
        {large ? <Minimize2 size={14} aria-hidden="true" /> : <Maximize2 size={14} aria-hidden="true" />}
      </button>
      <button
        type="button"
        className="icon"
        disabled={!picture}
        popoverTarget={id}
        aria-label={`Export ${title}`}
        title="Export"
      >
        <Download size={14} aria-hidden="true" />
      </button>
      <div ref={menu} id={id} className="popover menu" popover="auto" aria-label={`Export ${title}`}>
        <h2>{title}</h2>
        {ways.map(([name, note, save]) => (
          <button
            key={note}
            type="button"
            onClick={() => {
              menu.current?.hidePopover();
              if (picture) void save(picture);
            }}
          >
            <span>{name}</span> <span className="faint small">{note}</span>
          </button>
        ))}
      </div>
      {onLink && (
        <button
          type="button"
          className="icon"
          aria-label={`Copy a link to ${title}`}
          title="Copy link"
          onClick={onLink}
        >
          <Link size={14} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
