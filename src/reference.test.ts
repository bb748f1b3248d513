// The reference suite: every case of the folder, through the code that the studio runs. `npm run test:reference` prints
// a line per case.

import fs from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Comparison, listCases, loadCase, referenceFolder } from './testing/reference.ts';
import { checks, kernelKinds } from './testing/reference/registry.ts';
import { forceForm, referenceForm, referenceForms } from './testing/reference/variant.ts';

const folder = referenceFolder();
const cases = listCases(folder);
/** One line per case: the worst of the forms of its kernels. */
const lines = new Map<string, { text: string; failed: boolean; worst: number }>();

describe('official numbers', () => {
  it('the folder lists cases', () => expect(cases.length).toBeGreaterThan(0));

  for (const { id, kind, file } of cases) {
    const check = checks.get(kind);
    if (!check) {
      lines.set(id, { text: `NOT COVERED ${id} (${kind})`, failed: false, worst: 0 });
      continue;
    }
    const forms = kernelKinds.has(kind) ? referenceForms() : [{ ...referenceForm(), label: '' }];
    it.each(forms)(`${id} $label`, { timeout: 180_000 }, async (form) => {
      forceForm(form);
      const c = loadCase(folder, file);
      const comparison = new Comparison(c);
      try {
        await check(c, comparison);
        comparison.finish();
      } catch (error) {
        comparison.failures.push(error instanceof Error ? error.message : String(error));
      }
      tell(id, kind, form.label, comparison);
      expect(comparison.failures).toEqual([]);
    });
  }

  afterAll(() => {
    const report = [...lines.values()].map(({ text }) => text).join('\n');
    if (process.env.REFERENCE_REPORT) fs.writeFileSync(process.env.REFERENCE_REPORT, report);
  });
});

function tell(id: string, kind: string, form: string, { failures, worst, worstName }: Comparison): void {
  const before = lines.get(id);
  const failed = failures.length > 0;
  if (before && (before.failed || (!failed && before.worst >= worst))) return;
  const where = `${worst.toFixed(3)} of tolerance at ${worstName || 'exact'}${form && `, kernels ${form}`}`;
  const text = `${failed ? 'FAILED' : 'passed'} ${id} (${kind}) ${where}${failed ? `: ${failures[0]}` : ''}`;
  lines.set(id, { text, failed, worst });
}
