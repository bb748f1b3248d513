import { expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

it('texts of any length are read, and names in them are not taken for those of tensors', () => {
  // more than a regular expression could step through, with what could be taken for the end of a string
  const long = `\\"{:[${'long '.repeat(2_500_000)}"\\`;
  const tensors = new Map([['x', { dtype: 'F32' as const, shape: [1], data: Float32Array.of(1) }]]);
  const { metadata, tensors: read } = readSafetensors(writeSafetensors(tensors, { long }));
  expect(metadata.long === long).toBe(true);
  expect([...read.keys()]).toEqual(['x']);
});

it('a name that comes twice is refused', () => {
  const entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
  const header = new TextEncoder().encode(`{"x":${entry} , "x" : ${entry}}`);
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  expect(() => readSafetensors(bytes)).toThrow('a name appears twice in its header');
});
