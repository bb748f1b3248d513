import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { type Recipe, tinyEncoder } from '../testing/onnx-encoders.ts';
import { type Model, writeOnnx } from '../testing/onnx-writer.ts';
import { readOnnxGraph, tooLarge } from './onnx-graph.ts';
import { cpuTimer } from '../testing/cpu-time.ts';

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

  describe('a graph of any size', () => {
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))]);
    /** A field of bytes: some, and behind them the same few again and again. */
    const field = (number: number, first: ArrayLike<number>, again: ArrayLike<number> = [], times = 0): Uint8Array => {
      const length = first.length + again.length * times;
      const head = [...varint(number * 8 + 2), ...varint(length)];
      const out = new Uint8Array(head.length + length);
      out.set(head);
      out.set(first, head.length);
      for (let i = 0, at = head.length + first.length; i < times; i++)
        for (let j = 0; j < again.length; j++) out[at++] = again[j];
      return out;
    };
    /** A model of one graph, which holds the same node again and again. */
    function model(node: Uint8Array, times = 1): Uint8Array {
      const graph = field(7, [], node, times);
      const out = new Uint8Array(2 + graph.length);
      out.set([8, 8]); // ir_version
      out.set(graph, 2);
      return out;
    }

    /** Megabytes of objects that a read needs; ten million fields that are kept are seven hundred at least. */
    function megabytesOf(read: () => void): number {
      const before = process.memoryUsage().heapTotal;
      read();
      return (process.memoryUsage().heapTotal - before) / 1e6;
    }

    it('has an end of links between its operators', () => {
      const links = /^it\.onnx has .* more than 1000000 links between operators/;
      // NodeProto: 1 input, 2 output, without a name
      const both = [0x0a, 0, 0x12, 0];
      expect(thrown(model(field(1, [], both, 500_001))).message).toMatch(links);
      expect(thrown(model(field(1, [], both, 1000), 501)).message).toMatch(links);
      expect(readOnnxGraph(model(field(1, [], both, 1000), 500)).operators).toBe(500);
    });

    it('takes no memory for numbers that nobody asks for', () => {
      // AttributeProto: 1 name, 8 ints, one by one
      const ints = (name: string, times: number) =>
        field(1, field(5, field(1, new TextEncoder().encode(name)), [0x40, 1], times));
      const axes = model(ints('axes', 1e7));
      expect(megabytesOf(() => expect(readOnnxGraph(axes).operators).toBe(1))).toBeLessThan(250);
      expect(thrown(model(ints('strides', 17))).message).toContain('more than 16 numbers');
    });

    it('is one', () => {
      const file = new Uint8Array(2e7);
      for (let i = 0; i < file.length; i += 2) file[i] = 0x3a; // ModelProto: 7 graph
      file.set([8, 8]);
      expect(megabytesOf(() => expect(thrown(file).message).toContain('it has 9999999 graphs'))).toBeLessThan(250);
    });
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
        const taken = cpuTimer();
        try {
          readOnnxGraph(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError);
          expect((error as StudioError).code).toBe('format');
        }
        expect(taken()).toBeLessThan(2000);
      }),
      { numRuns: 5000 },
    );
  });
});
