// Everything that can be taken away from the Look screen, behind one button.

import { useState } from 'react';
import {
  saveFeaturesCsv,
  saveFeaturesNpy,
  saveFeaturesPng,
  saveNearCsv,
  saveReachCsv,
} from '../store/features-export.ts';
import {
  saveErrorsNpy,
  saveGroupsCsv,
  saveLookPng,
  saveSurpriseCsv,
  saveSurpriseNpy,
  saveTokensCsv,
} from '../store/look-export.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { chartSheet, mapSheet } from './look-sheet.ts';

type There = Record<'maps' | 'surprise' | 'features' | 'reach' | 'near', boolean>;
const nothing: There = { maps: false, surprise: false, features: false, reach: false, near: false };

const heatMaps = (): HTMLCanvasElement[] => [
  ...document.querySelectorAll<HTMLCanvasElement>('.looking .panes .token-canvas'),
];
const chartsNamed = (name: string): SVGSVGElement[] => [
  ...document.querySelectorAll<SVGSVGElement>(`svg[data-picture=${name}]`),
];

export function LookExport() {
  const [there, setThere] = useState<There>(nothing);
  return (
    <ExportMenu
      testId="look-export"
      end
      onToggle={() =>
        setThere({
          maps: chartsNamed('look-bars').length > 0,
          surprise: chartsNamed('surprise').length > 0,
          features: document.querySelector('[data-testid^=features-][data-hash]:not([data-hash=""])') !== null,
          reach: chartsNamed('look-reach').length > 0,
          near: document.querySelector('.near-list') !== null,
        })
      }
    >
      {(item) => (
        <>
          {there.maps && (
            <>
              <h2>Errors</h2>
              {item('The pictures of this frame', 'PNG', () => void saveMaps('errors', saveLookPng))}
              {item('What tokens have in common', 'PNG', () => void saveCharts('error-groups', 'look-bars', 2))}
              {item('What tokens have in common', 'CSV', () => void saveGroupsCsv())}
              {item('Every token', 'CSV', () => void saveTokensCsv())}
              {item('Every token', 'NPY', () => void saveErrorsNpy())}
            </>
          )}
          {there.features && (
            <>
              <h2>Features</h2>
              {item('The pictures of this frame', 'PNG', () => void saveMaps('features', saveFeaturesPng))}
              {item('Every token as shown', 'CSV', () => void saveFeaturesCsv())}
              {item('Every layer', 'NPY', () => void saveFeaturesNpy())}
              {there.reach &&
                item('Attention distance', 'PNG', () => void saveCharts('attention-distance', 'look-reach', 2))}
              {there.reach && item('Attention distance', 'CSV', () => void saveReachCsv())}
              {there.near && item('Nearest tokens', 'CSV', () => void saveNearCsv())}
            </>
          )}
          {there.surprise && (
            <>
              <h2>Surprise</h2>
              {item('Track', 'PNG', () => void saveCharts('surprise', 'surprise', 1))}
              {item('Every window', 'CSV', () => void saveSurpriseCsv())}
              {item('Every window', 'NPY', () => void saveSurpriseNpy())}
            </>
          )}
          <p className="faint small">
            {Object.values(there).includes(true)
              ? 'Tables count mask sets, tubelets, rows, columns and frames from 0.'
              : 'There is nothing to take away yet.'}
          </p>
        </>
      )}
    </ExportMenu>
  );
}

const saveMaps = (what: string, save: (what: string, canvas: OffscreenCanvas) => Promise<void>): Promise<void> =>
  save(what, mapSheet(heatMaps()));

async function saveCharts(what: string, name: string, across: number): Promise<void> {
  const legend = [...document.querySelectorAll<HTMLElement>(`[data-legend=${name}]`)];
  await saveLookPng(what, await chartSheet(chartsNamed(name), legend, across));
}
