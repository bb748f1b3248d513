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
import { chartPicture } from './chart-picture.ts';
import { ExportMenu } from './ExportMenu.tsx';

const scale = 2;
const edge = 16;
const captionHeight = 24;

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

/** A canvas on the page's own background. */
function sheet(width: number, height: number) {
  const canvas = new OffscreenCanvas(width + 2 * edge, height + 2 * edge);
  const ctx = canvas.getContext('2d');
  const style = getComputedStyle(document.body);
  if (ctx) {
    ctx.fillStyle = style.backgroundColor;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.fillStyle = style.color;
    ctx.font = `${11 * scale}px ${style.fontFamily}`;
  }
  return { canvas, ctx };
}

async function saveMaps(what: string, save: (what: string, canvas: OffscreenCanvas) => Promise<void>): Promise<void> {
  const maps = heatMaps();
  const side = maps[0].width;
  const { canvas, ctx } = sheet(maps.length * (side + edge) - edge, side + captionHeight * scale);
  maps.forEach((map, i) => {
    const left = edge + i * (side + edge);
    ctx?.fillText(map.getAttribute('aria-label') ?? '', left, edge + 14 * scale, side);
    ctx?.drawImage(map, left, edge + captionHeight * scale);
  });
  await save(what, canvas);
}

/** Charts under their captions, so many in a row. */
async function saveCharts(what: string, name: string, across: number): Promise<void> {
  const charts = chartsNamed(name);
  const pictures = await Promise.all(charts.map((c) => chartPicture(c, scale)));
  const width = Math.max(...pictures.map((p) => p.width));
  const height = Math.max(...pictures.map((p) => p.height)) + captionHeight * scale;
  const { canvas, ctx } = sheet(across * (width + edge) - edge, Math.ceil(pictures.length / across) * height);
  pictures.forEach((picture, i) => {
    const left = edge + (i % across) * (width + edge);
    const top = edge + Math.floor(i / across) * height;
    ctx?.fillText(charts[i].dataset.caption ?? '', left, top + 14 * scale, width);
    ctx?.drawImage(picture, left, top + captionHeight * scale);
  });
  await saveLookPng(what, canvas);
}
