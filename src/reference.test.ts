// The reference suite: every case of the folder, through the code that the studio runs. `npm run test:reference` prints
// a line per case.

import fs from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Comparison, listCases, loadCase, referenceFolder } from './testing/reference.ts';
import { likely } from './testing/check-operation.ts';
import { checks, kernelKinds } from './testing/reference/registry.ts';
import { forceVariant, referenceVariants } from './testing/reference/variant.ts';

const folder = referenceFolder();
const cases = listCases(folder);
const lines: string[] = [];

describe('official numbers', () => {
  it('the folder lists cases', () => expect(cases.length).toBeGreaterThan(0));

  for (const { id, kind, file } of cases) {
    const check = checks.get(kind);
    if (!check) {
      lines.push(`NOT COVERED ${id} (${kind})`);
      continue;
    }
    const forms = kernelKinds.has(kind) ? referenceVariants() : [{ label: '', variant: likely }];
    it.each(forms)(`${id} $label`, { timeout: 180_000 }, async ({ label, variant }) => {
      forceVariant(variant);
      const c = loadCase(folder, file);
      const comparison = new Comparison(c);
      let thrown = '';
      try {
        await check(c, comparison);
        comparison.finish();
      } catch (error) {
        thrown = error instanceof Error ? error.message : String(error);
        comparison.failures.push(thrown);
      }
      const verdict = comparison.failures.length ? 'FAILED' : 'passed';
      const why = comparison.failures[0] ? `: ${comparison.failures[0]}` : '';
      lines.push(
        `${verdict} ${id} (${[kind, label].filter(Boolean).join(', ')}) ${comparison.worst.toFixed(3)} of tolerance at ${comparison.worstName || 'exact'}${why}`,
      );
      expect(comparison.failures).toEqual([]);
    });
  }

  afterAll(() => {
    if (process.env.REFERENCE_REPORT) fs.writeFileSync(process.env.REFERENCE_REPORT, lines.join('\n'));
  });
});
