import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { type Recipe, tinyEncoder } from '../testing/onnx-encoders.ts';
import { type Model, writeOnnx } from '../testing/onnx-writer.ts';
import { readOnnxGraph, tooLarge } from './onnx-graph.ts';

const recipe: Recipe = { patch: [2, 8, 8], frames: 4, side: 24, channels: 10, extra: 1, order: 'BCTHW' };
const value = (name: string, sizes?: (number | string | null)[]) => ({ name, ...(sizes && { sizes }) });
const plain: Model = { inputs: [value('x', [1, 3])], outputs: [value('y', [1, 3])], nodes: [] };

/** What a read throws. */
function thrown(bytes: Uint8Array, name = 'it.onnx'): StudioError {
  try {
    readOnnxGraph(bytes, name);
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('what an ONNX file says of itself', () => {
  it('inputs, outputs, patch embedding, weights', () => {
    const graph = readOnnxGraph(tinyEncoder({ ...recipe, metadata: { image_mean: '[0.5, 0.5, 0.5]' } }).file);
    expect(graph).toEqual({
      producer: 'onnx-writer',
      opset: 17,
      inputs: [{ name: 'pixels', type: 'float32', sizes: [1, 3, 4, 24, 24] }],
      outputs: [{ name: 'last_hidden_state', type: 'float32', sizes: [1, 19, 10] }],
      operators: 5,
      // kernels, bias, scale, shift, class token, and the three sizes of the reshape
      parameters: 10 * 3 * 2 * 8 * 8 + 3 * 10 + 10 + 3,
      metadata: Object.assign(Object.create(null), { image_mean: '[0.5, 0.5, 0.5]' }),
      patches: [[2, 8, 8]],
      first: ['Conv'],
    });
  });

  it('sizes by name, open ones, none at all; other types', () => {
    const { inputs, outputs } = readOnnxGraph(
      writeOnnx({
        ...plain,
        inputs: [value('x', ['batch', 3, null, 224]), { name: 'ids', type: 7, sizes: [] }],
        outputs: [value('y'), { name: 'odd', type: 99, sizes: [2] }],
      }),
    );
    expect(inputs).toEqual([
      { name: 'x', type: 'float32', sizes: ['batch', 3, null, 224] },
      { name: 'ids', type: 'int64', sizes: [] },
    ]);
    expect(outputs).toEqual([
      { name: 'y', type: 'float32', sizes: null },
      { name: 'odd', type: 'type 99', sizes: [2] },
    ]);
  });

  it('weights that are listed among the inputs are no inputs; what moves the input is stepped over', () => {
    const graph = readOnnxGraph(
      writeOnnx({
        inputs: [value('w', [3]), value('x', [1, 3])],
        outputs: [value('y')],
        nodes: [
          { operator: 'Cast', inputs: ['x'], outputs: ['a'], attributes: { to: 1 } },
          { operator: 'Sub', inputs: ['a', 'w'], outputs: ['y'] },
        ],
        weights: [{ name: 'w', sizes: [3], data: new Float32Array(3) }],
      }),
    );
    expect(graph.inputs.map((i) => i.name)).toEqual(['x']);
    expect(graph.first).toEqual(['Sub']);
    expect(graph.patches).toEqual([]);
  });

  it('weights in another file are refused with the way out', () => {
    const file = writeOnnx({
      ...plain,
      weights: [{ name: 'w', sizes: [3], data: new Float32Array(3), external: 'it.data' }],
    });
    expect(thrown(file)).toMatchObject({ code: 'format' });
    expect(thrown(file).message).toBe('it.onnx keeps its weights in another file (w is not in it).');
    expect(thrown(file).advice).toContain('save_as_external_data=False');
  });

  it('a cut file is said to be cut, other files to be no ONNX', () => {
    const { file } = tinyEncoder(recipe);
    for (const share of [0.2, 0.5, 0.99])
      expect(thrown(file.subarray(0, Math.floor(share * file.length))).message).toMatch(/^it\.onnx is cut off: /);
    for (const bytes of [new Uint8Array(), new TextEncoder().encode('hello, this is text'), new Uint8Array(4096)])
      expect(thrown(bytes).message).toMatch(/^it\.onnx is not an ONNX model: /);
  });

  it('a file beyond the limit is refused before it is read', () => {
    expect(tooLarge('vit.onnx', 1.2e9)).toBeNull();
    expect(tooLarge('vit.onnx', 2.4e9)?.message).toBe('vit.onnx has 2.40 GB, at most 1.25 GB can be opened here.');
  });

  it('whatever the bytes, it ends soon, with a graph or a sentence', () => {
    const { file } = tinyEncoder({ ...recipe, channels: 2 });
    const changed = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 12 }).map((changes) => {
      const bytes = file.slice();
      for (const [at, to] of changes) bytes[at] = to;
      return bytes;
    });
    const cut = fc.nat(file.length).map((to) => file.subarray(0, to));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), changed, cut), (bytes) => {
        const from = performance.now();
        try {
          readOnnxGraph(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError);
          expect((error as StudioError).code).toBe('format');
        }
        expect(performance.now() - from).toBeLessThan(2000);
      }),
      { numRuns: 5000 },
    );
  });

  it('lists without end are refused, and not kept', () => {
    // an attribute with a number a field, as unpacked writers have them: 2 bytes each, a million of them
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
    const message = (field: number, parts: Uint8Array[]) => {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      return [Uint8Array.from([...varint(field * 8 + 2), ...varint(length)]), ...parts];
    };
    const file = (node: Uint8Array[]) => {
      const parts = [Uint8Array.of(8, 8), ...message(7, message(1, node))];
      return new Uint8Array(parts.flatMap((part) => [...part]));
    };
    const name = message(1, [new TextEncoder().encode('strides')]);
    const many = new Uint8Array(2_000_000).map((_, i) => (i % 2 ? 1 : 8 * 8));
    expect(thrown(file(message(5, [...name, many]))).message).toContain('has more than 16 numbers');
    // an operator with a name of no letters for each of its inputs
    const inputs = new Uint8Array(2_000_010).map((_, i) => (i % 2 ? 0 : 8 + 2));
    expect(thrown(file([inputs])).message).toContain('more than 1000000 inputs and outputs');
  });
});
