// Everything that can be taken away, behind one button.

import { Download } from 'lucide-react';
import { useRef, useState } from 'react';
import { useLab } from '../store/lab.ts';
import { saveCsv, saveJson, saveNpy, saveYaml } from '../store/lab-export.ts';
import { partsOf, exportFilm, exportPicture, type PictureName, pictures } from './lab-pictures.ts';
import type { Scene } from './scene.ts';

const pictureNames: Record<PictureName, string> = {
  frame: 'Frame',
  filmstrip: 'Filmstrip',
  cube: 'Cube',
  charts: 'Charts of the statistics',
  coverage: 'Coverage maps',
  comparison: 'Comparison',
};

export function ExportMenu({ scene }: { scene: Scene }) {
  const box = useRef<HTMLDivElement>(null);
  const [there, setThere] = useState<readonly PictureName[]>([]);
  const writing = useLab((s) => s.writing);
  const statistics = useLab((s) => s.statistics);
  const item = (name: string, note: string, work: () => Promise<void>, off = false) => (
    <button
      key={name}
      type="button"
      disabled={off}
      onClick={() => {
        box.current?.hidePopover();
        void work();
      }}
    >
      <span>{name}</span> <span className="faint small">{note}</span>
    </button>
  );
  return (
    <>
      {writing && (
        <span className="progress-inline" role="status">
          <progress value={writing.share} max={1} aria-label={writing.what} />
          <button type="button" className="link small" onClick={writing.cancel}>
            Cancel the film
          </button>
        </span>
      )}
      <button type="button" popoverTarget="export" data-testid="export">
        <Download size={16} aria-hidden="true" /> Export
      </button>
      <div
        ref={box}
        id="export"
        className="popover menu"
        popover="auto"
        aria-label="Export"
        onToggle={() => setThere(pictures.filter((name) => partsOf(name).length > 0))}
      >
        <h2>Pictures</h2>
        {there.map((name) => item(pictureNames[name], 'PNG', () => exportPicture(name)))}
        {item('Film of the masked clip', 'WebM', () => exportFilm(scene), writing !== null || scene.kinds === null)}
        <h2>Masks of this draw</h2>
        {item('Roles of all tokens', 'NPY', saveNpy)}
        {item('Token lists', 'JSON', saveJson)}
        <h2>Numbers and settings</h2>
        {item('Statistics', 'CSV', saveCsv, statistics === null)}
        {item('Settings', 'YAML', saveYaml)}
        <p className="faint small">Files name clip, seed and draw; pictures carry the settings inside.</p>
      </div>
    </>
  );
}
