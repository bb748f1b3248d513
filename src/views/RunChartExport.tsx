// What is behind a chart of runs, taken away: the picture with the names of its lines, or every point.

import type { RefObject } from 'react';
import type { ChartName, Quantity } from '../core/run-curves.ts';
import { saveChartCsv, saveChartPng } from '../store/runs-export.ts';
import { useRuns } from '../store/runs.ts';
import { chartPicture } from './chart-picture.ts';
import { edge, paintText, scale, sheet } from './chart-sheet.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { curveOfRun, isSmoothed, type Line } from './run-lines.ts';

/** Of the name of a run. */
const lineHeight = 18 * scale;

interface Props {
  chart: ChartName;
  quantity: Quantity;
  lines: readonly Line[];
  svg: RefObject<SVGSVGElement | null>;
}

export function RunChartExport({ chart, quantity, lines, svg }: Props) {
  return (
    <ExportMenu name={`Export ${quantity.label}, chart ${chart}`} testId={`export-${chart}`} icon={16} end>
      {(item) => (
        <>
          {item('Picture', 'PNG', () => {
            if (svg.current) void savePicture(svg.current, chart, quantity, lines);
          })}
          {item('Every point', 'CSV', () =>
            saveChartCsv(
              chart,
              quantity.label,
              lines.map(({ run: { runId, name, outline } }) => ({
                runId,
                name,
                steps: curveOfRun(outline, quantity, 'step').x,
                minutes: curveOfRun(outline, quantity, 'minutes').x,
                values: curveOfRun(outline, quantity, 'step').y,
              })),
            ),
          )}
        </>
      )}
    </ExportMenu>
  );
}

/** The chart under what it shows, over the names of its runs. */
async function savePicture(
  svg: SVGSVGElement,
  chart: ChartName,
  quantity: Quantity,
  lines: readonly Line[],
): Promise<void> {
  const { along, smoothing } = useRuns.getState();
  const title = [
    quantity.label,
    along === 'step' ? 'by steps' : 'by minutes of training',
    ...(svg.dataset.log === 'true' ? ['log axis'] : []),
    ...(smoothing && isSmoothed(quantity) ? [`smoothed by ${smoothing}, bands as it was`] : []),
  ].join(', ');
  const picture = await chartPicture(svg, scale);
  const { canvas, ctx } = sheet(picture.width, picture.height + lineHeight * (lines.length + 1));
  ctx.fillText(title, edge, edge + 12 * scale);
  ctx.drawImage(picture, edge, edge + lineHeight);
  ctx.lineWidth = 2 * scale;
  lines.forEach(({ run }, i) => {
    const stroke = svg.querySelector(`[data-run="${CSS.escape(run.runId)}"]`);
    if (!stroke) return;
    const drawn = getComputedStyle(stroke);
    const y = edge + lineHeight * (i + 1.5) + picture.height;
    ctx.strokeStyle = drawn.stroke;
    ctx.setLineDash(
      drawn.strokeDasharray === 'none'
        ? []
        : (drawn.strokeDasharray.match(/[\d.]+/g) ?? []).map((n) => Number(n) * scale),
    );
    ctx.beginPath();
    ctx.moveTo(edge, y);
    ctx.lineTo(edge + 30 * scale, y);
    ctx.stroke();
    paintText(ctx, run.name, edge + 38 * scale, y + 4 * scale, picture.width - 38 * scale);
  });
  await saveChartPng(
    chart,
    quantity.label,
    lines.map(({ run }) => run.outline),
    canvas,
  );
}
