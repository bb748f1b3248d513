// Operations that store a gradient and cannot add to one: a second writer would overwrite what the first one left.

import { expect, it } from 'vitest';
import { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { likely } from '../testing/check-operation.ts';
import { attention } from './attention.ts';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { crossAttention } from './cross-attention.ts';
import { crossEntropy } from './cross-entropy.ts';
import { latentLoss } from './latent-loss.ts';
import { sigreg } from './sigreg.ts';

type Table = (name: string, rows: number, cols: number) => Tensor;

/** Losses start the backward pass where they are recorded. */
const losses: [name: string, record: (plan: Plan, x: Tensor, name: string, table: Table) => void][] = [
  ['sigreg', (plan, x, name, table) => sigreg(plan, x, table('sets', 1, 2), 1, name)],
  ['cross-entropy', (plan, x, name, table) => crossEntropy(plan, x, table('label', 4, 1), table('share', 4, 1), name)],
  [
    'binary cross-entropy',
    (plan, x, name, table) => binaryCrossEntropy(plan, x, table('truth', 4, 6), table('share', 4, 1), name),
  ],
  [
    'latent loss',
    (plan, x, name, table) => {
      const tables = { target: table('target', 4, 1), share: table('share', 4, 1) };
      latentLoss(plan, x, table('h', 4, 6), tables, 1, name);
    },
  ],
];

/** The others write when the backward pass comes to them. */
const layers: [name: string, record: (plan: Plan, x: Tensor, name: string, table: Table) => Tensor][] = [
  ['attention', (plan, x, name, table) => attention(plan, x, { table: table('tiles', 1, 4), count: 1 }, 1, name)],
  [
    'queries of cross-attention',
    (plan, x, name, table) => {
      const segments = { table: table('segments', 1, 2), owner: table('owner', 4, 1) };
      return crossAttention(plan, x, table('kv', 4, 12), null, segments, 1, name);
    },
  ],
  [
    'keys and values of cross-attention',
    (plan, x, name, table) => {
      const segments = { table: table('segments', 1, 2), owner: table('owner', 4, 1) };
      return crossAttention(plan, table('q', 1, 3), x, null, segments, 1, name);
    },
  ],
];

function planned() {
  const plan = new Plan({ most: {}, variant: likely });
  const x = plan.input('x', 4, 6);
  x.needsGradient = true;
  return { plan, x, table: (name: string, rows: number, cols: number) => plan.input(name, rows, cols) };
}

it.each(losses)('%s refuses where there is a gradient already', (_, record) => {
  const { plan, x, table } = planned();
  record(plan, x, 'first', table);
  expect(() => record(plan, x, 'second', table)).toThrow('second cannot add to the gradient of x');
});

it.each(layers)('%s refuse where there is a gradient already', (_, record) => {
  const { plan, x, table } = planned();
  // the backward pass begins with the last one
  for (const name of ['second', 'first']) {
    const y = record(plan, x, name, table);
    plan.seedGradient(y, table(`d.${name}`, 4, y.cols));
  }
  expect(() => plan.backward()).toThrow('second cannot add to the gradient of x');
});
