import { expect, it } from 'vitest';
import { refuseDamaged } from './damaged.ts';

const tensors = (...values: number[]) =>
  new Map([
    ['encoder.norm.weight', { shape: [2], data: Float32Array.of(1, 1) }],
    ['encoder.norm.bias', { shape: [values.length], data: Float32Array.from(values) }],
  ]);

it('a file that came whole and holds numbers is taken', () =>
  expect(() => refuseDamaged('a.safetensors', tensors(0, -3e38), true)).not.toThrow());

it('one that is not what was exported is refused by its name', () =>
  expect(() => refuseDamaged('a.safetensors', tensors(0), false)).toThrow(/^a.safetensors is damaged/));

it.each([NaN, Infinity, -Infinity])('%f in a tensor is refused with the name of the tensor', (odd) =>
  expect(() => refuseDamaged('a.safetensors', tensors(0, odd), true)).toThrow(
    `a.safetensors holds ${odd} in encoder.norm.bias`,
  ),
);
