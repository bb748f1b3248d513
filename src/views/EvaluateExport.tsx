// Everything that can be taken away from an evaluation, behind one button.

import { useState } from 'react';
import { toHundredths } from '../core/hundredths.ts';
import type { Confusion, EvaluationReport } from '../protocol/evaluation.ts';
import { saveEvaluationCsv, saveEvaluationJson, saveEvaluationPng } from '../store/evaluation-export.ts';
import { answersOf } from '../store/answers-of.ts';
import { probeNames } from '../store/evaluation-verdict.ts';
import { chartSheet } from './chart-sheet.ts';
import { shadeOf } from './EvaluateConfusion.tsx';
import { ExportMenu } from './ExportMenu.tsx';

/** Pictures are this much larger than on the page. */
const scale = 2;
const edge = 16;
const captionHeight = 28;

const charts = [
  { what: 'trials', name: 'Every trial', selector: '[data-picture=evaluation-dots]' },
  { what: 'few-labels', name: 'Few labels', selector: '[data-recharts=evaluation-few-labels] svg.recharts-surface' },
] as const;

const chartOf = (selector: string): SVGSVGElement | null => document.querySelector<SVGSVGElement>(selector);

export function EvaluateExport({ report }: { report: EvaluationReport }) {
  const [there, setThere] = useState<readonly string[]>([]);
  const { confusion } = report;
  return (
    <ExportMenu
      testId="evaluation-export"
      onToggle={() => setThere(charts.filter((c) => chartOf(c.selector)).map((c) => c.what))}
    >
      {(item) => (
        <>
          <h2>Numbers</h2>
          {item('Every trial', 'CSV', () => saveEvaluationCsv(report))}
          {item('Whole report', 'JSON', () => saveEvaluationJson(report))}
          <h2>Pictures</h2>
          {charts
            .filter((c) => there.includes(c.what))
            .map((c) => item(`${c.name} as a chart`, 'PNG', () => void saveChart(report, c.what, c.name, c.selector)))}
          {confusion && item('What was confused', 'PNG', () => void saveConfusion(report, confusion))}
          <p className="faint small">Each carries settings, seeds and the fingerprint of the clips and labels.</p>
        </>
      )}
    </ExportMenu>
  );
}

/** A canvas on the page's own background, with what it shows written above. */
function sheet(width: number, height: number, caption: string) {
  const canvas = new OffscreenCanvas(width + 2 * edge, height + captionHeight * scale + 2 * edge);
  const ctx = canvas.getContext('2d');
  const style = getComputedStyle(document.body);
  if (ctx) {
    ctx.fillStyle = style.backgroundColor;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.fillStyle = style.color;
    ctx.font = `${13 * scale}px ${style.fontFamily}`;
    ctx.fillText(caption, edge, edge + 16 * scale, width);
  }
  return { canvas, ctx, ink: style.color, letters: style.fontFamily };
}

const aboutOf = ({ request, step, chance }: EvaluationReport): string =>
  `${answersOf(request, step)} (${request.config.preset}), chance ${toHundredths(chance)}`;

async function saveChart(report: EvaluationReport, what: string, name: string, selector: string): Promise<void> {
  const chart = chartOf(selector);
  if (!chart) return;
  const keys = [...document.querySelectorAll(`[data-legend=${what}] > span`)];
  const { probe } = document.querySelector<HTMLElement>(`[data-legend=${what}]`)?.dataset ?? {};
  const title = [name, probe].filter((t) => t !== undefined).join(', ');
  const canvas = await chartSheet([{ svg: chart, caption: aboutOf(report), keys }], { title, across: 1 });
  await saveEvaluationPng(report, what, canvas);
}

async function saveConfusion(report: EvaluationReport, confusion: Confusion): Promise<void> {
  const { classes } = report;
  const n = classes.length;
  const cell = 44 * scale;
  const names = 110 * scale;
  const top = edge + (captionHeight + 20) * scale;
  const { canvas, ctx, ink, letters } = sheet(
    Math.max(names + n * cell, 400 * scale),
    n * cell + 20 * scale,
    `${probeNames[confusion.probe]}: truth down, answer across; ${aboutOf(report)}`,
  );
  if (!ctx) return;
  classes.forEach((name, row) => {
    const counts = confusion.counts.slice(row * n, (row + 1) * n);
    const total = counts.reduce((a, b) => a + b, 0);
    ctx.fillStyle = ink;
    ctx.font = `${12 * scale}px ${letters}`;
    ctx.textAlign = 'left';
    ctx.fillText(name, edge, top + (row + 0.6) * cell, names - 8);
    ctx.textAlign = 'center';
    ctx.fillText(name, edge + names + (row + 0.5) * cell, top - 6 * scale, cell - 4);
    counts.forEach((count, column) => {
      const [x, y] = [edge + names + column * cell, top + row * cell];
      ctx.globalAlpha = (shadeOf(count, total) / 10) * 0.45;
      ctx.fillRect(x + 1, y + 1, cell - 2, cell - 2);
      ctx.globalAlpha = 1;
      ctx.strokeStyle = ink;
      // the diagonal is what is right
      ctx.lineWidth = row === column ? 2 * scale : 0.5;
      ctx.strokeRect(x + 2, y + 2, cell - 4, cell - 4);
      ctx.fillText(String(count), x + cell / 2, y + cell * 0.6, cell - 4);
    });
  });
  await saveEvaluationPng(report, 'confusion', canvas);
}
