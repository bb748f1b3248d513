// Everything that can be taken away from an evaluation, behind one button.

import { useState } from 'react';
import { toHundredths } from '../core/hundredths.ts';
import type { Confusion, EvaluationReport } from '../protocol/evaluation.ts';
import { saveEvaluationCsv, saveEvaluationJson, saveEvaluationPng } from '../store/evaluation-export.ts';
import { answersOf } from '../store/answers-of.ts';
import { probeNames } from '../store/evaluation-verdict.ts';
import { chartSheet, edge, line, paintText, scale, sheet } from './chart-sheet.ts';
import { shadeOf } from './EvaluateConfusion.tsx';
import { ExportMenu } from './ExportMenu.tsx';

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
  const caption = `${probeNames[confusion.probe]}: truth down, answer across; ${aboutOf(report)}`;
  const { ctx: measuring } = sheet(1, 1);
  const widthOf = (words: string) => Math.ceil(measuring.measureText(words).width);
  // names down have the room that they need, those across are cut to their column, and numbered where that may leave too little
  const names = Math.min(Math.max(...classes.map((name, k) => widthOf(`${k + 1} ${name}`))), 260 * scale) + 8 * scale;
  const { canvas, ctx } = sheet(Math.max(names + n * cell, widthOf(caption)), n * cell + 2 * line);
  const top = edge + 2 * line;
  const ink = ctx.fillStyle;
  paintText(ctx, caption, edge, edge + 14 * scale);
  classes.forEach((name, row) => {
    const counts = confusion.counts.slice(row * n, (row + 1) * n);
    const total = counts.reduce((a, b) => a + b, 0);
    ctx.textAlign = 'left';
    paintText(ctx, `${row + 1} ${name}`, edge, top + (row + 0.6) * cell, names - 8 * scale);
    paintText(ctx, `${row + 1} ${name}`, edge + names + row * cell + 4, top - 8 * scale, cell - 8);
    ctx.textAlign = 'center';
    counts.forEach((count, column) => {
      const [x, y] = [edge + names + column * cell, top + row * cell];
      ctx.globalAlpha = (shadeOf(count, total) / 10) * 0.45;
      ctx.fillRect(x + 1, y + 1, cell - 2, cell - 2);
      ctx.globalAlpha = 1;
      ctx.strokeStyle = ink;
      // the diagonal is what is right
      ctx.lineWidth = row === column ? 2 * scale : 0.5;
      ctx.strokeRect(x + 2, y + 2, cell - 4, cell - 4);
      ctx.fillText(String(count), x + cell / 2, y + cell * 0.6);
    });
  });
  await saveEvaluationPng(report, 'confusion', canvas);
}
