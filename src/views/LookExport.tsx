// Everything that can be taken away from the Look screen, behind one button.

import { useState } from 'react';
import {
  saveFeaturesCsv,
  saveFeaturesNpy,
  saveFeaturesPng,
  saveNearCsv,
  saveReachCsv,
  saveReachPng,
} from '../store/features-export.ts';
import {
  saveErrorsNpy,
  saveGroupsCsv,
  lookTitle,
  saveGroupsPng,
  saveMapsPng,
  saveSurpriseCsv,
  saveSurpriseNpy,
  saveSurprisePng,
  saveTokensCsv,
} from '../store/look-export.ts';
import { chartsIn, chartSheet } from './chart-sheet.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { mapSheet } from './look-sheet.ts';
import { shownContext } from './SurpriseTrack.tsx';

type There = Record<'maps' | 'surprise' | 'features' | 'reach' | 'near', boolean>;
const nothing: There = { maps: false, surprise: false, features: false, reach: false, near: false };

const heatMaps = (): HTMLCanvasElement[] => [
  ...document.querySelectorAll<HTMLCanvasElement>('.looking .panes .token-canvas'),
];
const chartsNamed = (name: string) => chartsIn(document, name);

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
              {item('The pictures of this frame', 'PNG', () => void saveMapsPng(mapSheet(heatMaps())))}
              {item(
                'What tokens have in common',
                'PNG',
                () => void saveCharts('What tokens have in common', 'look-bars', 2, saveGroupsPng),
              )}
              {item('What tokens have in common', 'CSV', () => void saveGroupsCsv())}
              {item('Every token', 'CSV', () => void saveTokensCsv())}
              {item('Every token', 'NPY', () => void saveErrorsNpy())}
              <Axes>
                (mask sets, 4, t, h, w): error, error of the mean feature, error of the nearest context token, times
                hidden
              </Axes>
            </>
          )}
          {there.features && (
            <>
              <h2>Features</h2>
              {item('The pictures of this frame', 'PNG', () => void saveFeaturesPng(mapSheet(heatMaps())))}
              {item('Every token as shown', 'CSV', () => void saveFeaturesCsv())}
              {item('Every layer', 'NPY', () => void saveFeaturesNpy())}
              <Axes>(layers, t, h, w, channels): patches, every block, output</Axes>
              {there.reach &&
                item(
                  'Attention distance',
                  'PNG',
                  () => void saveCharts('Attention distance', 'look-reach', 2, saveReachPng),
                )}
              {there.reach && item('Attention distance', 'CSV', () => void saveReachCsv())}
              {there.near && item('Nearest tokens', 'CSV', () => void saveNearCsv())}
            </>
          )}
          {there.surprise && (
            <>
              <h2>Surprise</h2>
              {item(
                'Track',
                'PNG',
                () => void saveCharts('Surprise', 'surprise', 1, (chart) => saveSurprisePng(chart, shownContext())),
              )}
              {item('Every window', 'CSV', () => void saveSurpriseCsv())}
              {item('Every window', 'NPY', () => void saveSurpriseNpy())}
              <Axes>
                (lengths of context, windows) of the run’s weights, of the changed video alone where there is one; the
                CSV has their frames, and all other curves
              </Axes>
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

/** What the axes of an array are. */
const Axes = ({ children }: { children: string }) => <p className="faint small">The array is {children}.</p>;

type Save = (canvas: OffscreenCanvas) => Promise<void>;

async function saveCharts(what: string, name: string, across: number, save: Save): Promise<void> {
  const legend = [...document.querySelectorAll<HTMLElement>(`[data-legend=${name}]`)];
  await save(await chartSheet(chartsNamed(name), { title: lookTitle(what), legend, across }));
}
