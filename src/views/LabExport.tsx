// Everything that can be taken away, behind one button.

import { useState } from 'react';
import { roles } from '../mask/roles.ts';
import { useLab } from '../store/lab.ts';
import { saveCsv, saveJson, saveNpy, saveYaml } from '../store/lab-export.ts';
import { partsOf, exportFilm, exportPicture, type PictureName, pictures } from './lab-pictures.ts';
import { ExportMenu } from './ExportMenu.tsx';
import type { Scene } from './scene.ts';

const pictureNames: Record<PictureName, string> = {
  frame: 'Frame',
  filmstrip: 'Filmstrip',
  cube: 'Cube',
  charts: 'Charts of the statistics',
  coverage: 'Coverage maps',
  comparison: 'Comparison',
  place: 'The token through time',
};

export function LabExport({ scene }: { scene: Scene }) {
  const [there, setThere] = useState<readonly PictureName[]>([]);
  const writing = useLab((s) => s.writing);
  const statistics = useLab((s) => s.statistics);
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
      <ExportMenu testId="export" onToggle={() => setThere(pictures.filter((name) => partsOf(name).length > 0))}>
        {(item) => (
          <>
            <h2>Pictures</h2>
            {there.map((name) => item(pictureNames[name], 'PNG', () => void exportPicture(name)))}
            {item(
              'Film of the masked clip',
              'WebM',
              () => void exportFilm(scene),
              writing !== null || scene.kinds === null,
            )}
            <h2>Masks of this draw</h2>
            {item('Roles of all tokens', 'NPY', () => void saveNpy())}
            {item('Token lists', 'JSON', () => void saveJson())}
            <p className="faint small">
              Roles are {roles.unused} for unused, {roles.context} for context, {roles.target} for target, as an array
              (sets, clips, t, h, w).
            </p>
            <h2>Numbers and settings</h2>
            {item('Statistics', 'CSV', () => void saveCsv(), statistics === null)}
            {item('Settings', 'YAML', () => void saveYaml())}
            <p className="faint small">
              Files name clip, seed and draw. Tables and arrays count sets, tubelets, rows, columns and tokens from 0.
              Pictures count as the page does, and carry the settings inside.
            </p>
          </>
        )}
      </ExportMenu>
    </>
  );
}
