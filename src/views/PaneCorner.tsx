// The corner of a picture: large and back, what can be taken away of it, a link to it.

import { Link, Maximize2, Minimize2 } from 'lucide-react';
import { useRef } from 'react';
import {
  paintPane,
  type PanePicture,
  savePaneCsv,
  savePaneFilm,
  savePaneNpy,
  savePanePng,
} from '../store/pane-export.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { mapSheet } from './look-sheet.ts';

interface Props {
  title: string;
  large: boolean;
  onLarge: () => void;
  /** null while there is nothing to take away */
  picture: PanePicture | null;
  onLink?: () => void;
}

const ways = [
  ['The whole clip', 'WebM', savePaneFilm],
  ['Every token', 'CSV', savePaneCsv],
  ['Every token', 'NPY', savePaneNpy],
] as const;

export function PaneCorner({ title, large, onLarge, picture, onLink }: Props) {
  const corner = useRef<HTMLSpanElement>(null);
  const saveFrame = () => {
    const map = corner.current?.closest('figure')?.querySelector<HTMLCanvasElement>('.token-canvas');
    if (picture && map)
      void savePanePng(
        picture,
        mapSheet([map], () => paintPane(picture)),
      );
  };
  return (
    <span className="pane-corner" ref={corner}>
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
      <ExportMenu name={`Export ${title}`} icon={14} disabled={!picture}>
        {(item) => (
          <>
            <h2>{title}</h2>
            {item('This frame', 'PNG', saveFrame)}
            {ways.map(([name, note, save]) =>
              item(name, note, () => {
                if (picture) void save(picture);
              }),
            )}
            <p className="faint small">
              The table counts tubelets, rows and columns from 0. The array is (t, h, w)
              {picture && picture.columns.length > 1 && `, and behind them ${picture.columns.length} axes`}.
            </p>
          </>
        )}
      </ExportMenu>
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
