import { expect, it, vi } from 'vitest';
import { productVariants, rowVariants, variants } from '../check-operation.ts';
import { referenceForms } from './variant.ts';

it('the suite goes through every form of every part that computes in single precision', () => {
  const forms = referenceForms().map(({ variant }) => variant);
  const of = (part: 'product' | 'attention' | 'rows', known: typeof variants) => {
    const wanted = new Set(known.map(({ variant }) => variant[part]));
    expect(new Set(forms.map((variant) => variant[part])), part).toEqual(wanted);
  };
  of('product', productVariants);
  of('attention', variants);
  of('rows', rowVariants);
});

it('one form is named as the suite names it', () => {
  for (const { label } of referenceForms()) {
    vi.stubEnv('VARIANT', label);
    expect(referenceForms().map((form) => form.label)).toEqual([label]);
    vi.unstubAllEnvs();
  }
  vi.stubEnv('VARIANT', 'another');
  expect(referenceForms).toThrow(/^VARIANT is another: choose one of registers, workgroup, .*recompute$/);
  vi.unstubAllEnvs();
});
