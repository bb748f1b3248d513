// What an ONNX file says of itself, read before any runtime sees it: inputs, outputs, patch embeddings, where the weights
// lie. A walk over the protocol buffer (onnx.proto3 of ONNX, IR 3 to 13) that steps over the weights and runs nothing.

import type { EncoderGraph, GraphSize, GraphValue } from '../core/encoder-graph.ts';
import { StudioError } from '../core/errors.ts';
import { eachField, type Field, pushNumbers, textOf, WireError } from './protobuf.ts';

/** Bytes of a file that the runtime can hold: it has 4 GB of memory, and takes a file more than once while opening it. A
 * graph of products with 1.31 GB of weights was opened and run. */
const mostModelBytes = 1.25e9;

/** What is kept of a file; `links` are the inputs and outputs of all operators. */
const most = { nodes: 200_000, links: 1_000_000, weights: 200_000, values: 4096, sizes: 16, texts: 256 };

/** TensorProto.DataType. */
const types =
  'undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16'.split(
    ' ',
  );

interface Node {
  operator: string;
  inputs: string[];
  outputs: string[];
  strides: number[];
}

interface Parts {
  nodes: Node[];
  links: number;
  weights: Map<string, number[]>;
  inputs: GraphValue[];
  outputs: GraphValue[];
}

/** Sentence about a file that is larger than can be opened, or null. */
export const tooLarge = (name: string, bytes: number): StudioError | null =>
  bytes <= mostModelBytes
    ? null
    : new StudioError(
        'format',
        `${name} has ${(bytes / 1e9).toFixed(2)} GB, at most ${mostModelBytes / 1e9} GB can be opened here.`,
        'Take a smaller encoder, or export it in half precision.',
      );

/** Reads a whole file. Throws StudioError 'format' with the reason. */
export function readOnnxGraph(bytes: Uint8Array, name = 'The file'): EncoderGraph {
  try {
    return read(bytes, name);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    // every writer begins with the version
    throw error.cut && bytes[0] === 0x08
      ? new StudioError('format', `${name} is cut off: ${error.message}.`, 'Download or export it once more.')
      : notOnnx(name, error.message);
  }
}

const notOnnx = (name: string, why: string): StudioError =>
  new StudioError('format', `${name} is not an ONNX model: ${why}.`, 'Choose a file that torch.onnx.export wrote.');

function read(bytes: Uint8Array, name: string): EncoderGraph {
  let ir = NaN;
  let producer = '';
  let opset = NaN;
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  let graphs = 0;
  let graph: Field | null = null;
  eachField(bytes, 0, bytes.length, (field) => {
    if (field.number === 1 && field.wire === 0) ir = field.value;
    else if (field.wire !== 2) return;
    else if (field.number === 2) producer = textOf(bytes, field, 100);
    else if (field.number === 7) {
      graphs++;
      graph = field;
    } else if (field.number === 8) {
      let domain = '';
      let version = NaN;
      eachField(bytes, field.from, field.to, (f) => {
        if (f.number === 1 && f.wire === 2) domain = textOf(bytes, f);
        if (f.number === 2 && f.wire === 0) version = f.value;
      });
      if (domain === '' || domain === 'ai.onnx') opset = version;
    } else if (field.number === 14 && Object.keys(metadata).length < most.texts) {
      const pair: Record<number, string> = {};
      eachField(bytes, field.from, field.to, (f) => {
        if (f.wire === 2 && f.number <= 2) pair[f.number] = textOf(bytes, f);
      });
      metadata[pair[1] ?? ''] = pair[2] ?? '';
    }
  });
  if (!bytes.length) throw notOnnx(name, 'it is empty');
  if (!(ir >= 1)) throw notOnnx(name, 'it names no version of the format');
  if (graphs !== 1 || !graph) throw notOnnx(name, `it has ${graphs || 'no'} graph${graphs ? 's' : ''}`);
  const { nodes, weights, inputs, outputs } = readGraph(bytes, graph, name);
  const parameters = [...weights.values()].reduce((sum, sizes) => sum + sizes.reduce((a, b) => a * b, 1), 0);
  // old files list weights among the inputs too
  const given = inputs.filter((input) => !weights.has(input.name));
  return {
    producer,
    opset,
    inputs: given,
    outputs,
    operators: nodes.length,
    parameters,
    metadata,
    patches: patchesOf(nodes, weights),
    first: firstOf(nodes, given[0]?.name),
  };
}

function readGraph(bytes: Uint8Array, graph: Field, name: string): Parts {
  const parts: Parts = { nodes: [], links: 0, weights: new Map(), inputs: [], outputs: [] };
  eachField(bytes, graph.from, graph.to, (field) => {
    if (field.wire !== 2) return;
    if (field.number === 1) parts.nodes.push(readNode(bytes, field, parts, name));
    else if (field.number === 5) {
      const { label, sizes } = readWeight(bytes, field, name);
      parts.weights.set(label, sizes);
    } else if (field.number === 11) parts.inputs.push(readValue(bytes, field));
    else if (field.number === 12) parts.outputs.push(readValue(bytes, field));
    if (
      parts.nodes.length > most.nodes ||
      parts.weights.size > most.weights ||
      parts.inputs.length + parts.outputs.length > most.values
    )
      throw tooMany(name);
  });
  return parts;
}

const tooMany = (name: string): StudioError =>
  new StudioError(
    'format',
    `${name} has more than ${most.nodes} operators or weights, more than ${most.links} links between operators, or more than ${most.values} inputs and outputs.`,
    'Export the encoder alone.',
  );

function readNode(bytes: Uint8Array, node: Field, parts: Parts, file: string): Node {
  const out: Node = { operator: '', inputs: [], outputs: [], strides: [] };
  eachField(bytes, node.from, node.to, (field) => {
    if (field.wire !== 2) return;
    if (field.number <= 2 && ++parts.links > most.links) throw tooMany(file);
    if (field.number === 1) out.inputs.push(textOf(bytes, field));
    else if (field.number === 2) out.outputs.push(textOf(bytes, field));
    else if (field.number === 4) out.operator = textOf(bytes, field);
    else if (field.number === 5) {
      let label = '';
      const numbers: Field[] = [];
      eachField(bytes, field.from, field.to, (f) => {
        if (f.number === 1 && f.wire === 2) label = textOf(bytes, f);
        else if (f.number === 5 && f.wire === 2) readWeight(bytes, f, file);
        else if (f.number === 8 && numbers.length <= most.sizes) numbers.push(f); // one too many is told by pushNumbers
      });
      if (label === 'strides') for (const f of numbers) pushNumbers(bytes, f, out.strides, most.sizes);
    }
  });
  return out;
}

/** Name and sizes of a weight; its numbers are stepped over. Refuses numbers that lie in another file. */
function readWeight(bytes: Uint8Array, weight: Field, file: string): { label: string; sizes: number[] } {
  const sizes: number[] = [];
  let label = '';
  let elsewhere = false;
  eachField(bytes, weight.from, weight.to, (field) => {
    if (field.number === 1) pushNumbers(bytes, field, sizes, most.sizes);
    else if (field.number === 8 && field.wire === 2) label = textOf(bytes, field);
    else if (field.number === 13) elsewhere = true;
    else if (field.number === 14 && field.wire === 0) elsewhere ||= field.value === 1;
  });
  if (elsewhere)
    throw new StudioError(
      'format',
      `${file} keeps its weights in another file (${label || 'a constant'} is not in it).`,
      'Export it as one file: onnx.save(model, path, save_as_external_data=False).',
    );
  return { label, sizes };
}

/** ValueInfoProto → TypeProto → TypeProto.Tensor → TensorShapeProto. */
function readValue(bytes: Uint8Array, value: Field): GraphValue {
  const out: GraphValue = { name: '', type: 'undefined', sizes: null };
  const each = (parent: Field, number: number, take: (field: Field) => void) =>
    eachField(bytes, parent.from, parent.to, (f) => {
      if (f.number === number && f.wire === 2) take(f);
    });
  each(value, 1, (f) => (out.name = textOf(bytes, f)));
  each(value, 2, (type) => {
    eachField(bytes, type.from, type.to, (f) => {
      if (f.number !== 1) out.type = { 4: 'sequence', 5: 'map', 8: 'sparse', 9: 'optional' }[f.number] ?? out.type;
    });
    each(type, 1, (tensor) => {
      eachField(bytes, tensor.from, tensor.to, (f) => {
        if (f.number === 1 && f.wire === 0) out.type = types[f.value] ?? `type ${f.value}`;
      });
      each(tensor, 2, (shape) => {
        const sizes: GraphSize[] = [];
        each(shape, 1, (size) => {
          let one: GraphSize = null;
          eachField(bytes, size.from, size.to, (f) => {
            if (f.number === 1 && f.wire === 0 && f.value > 0) one = f.value;
            else if (f.number === 2 && f.wire === 2) one = textOf(bytes, f, 64) || null;
          });
          if (sizes.length < most.sizes) sizes.push(one);
        });
        out.sizes = sizes;
      });
    });
  });
  return out;
}

/** Patch embeddings: convolutions over three colours whose strides are their kernel. */
function patchesOf(nodes: Node[], weights: Map<string, number[]>): number[][] {
  const found: number[][] = [];
  for (const { operator, inputs, strides } of nodes) {
    const sizes = weights.get(inputs[1] ?? '');
    if (operator !== 'Conv' || sizes?.[1] !== 3) continue;
    const kernel = sizes.slice(2);
    if (kernel.length >= 2 && kernel.every((k, i) => k >= 1 && k === strides[i])) found.push(kernel);
  }
  return found;
}

const movers = new Set(['Cast', 'Identity', 'Transpose', 'Reshape', 'Unsqueeze', 'Squeeze']);

/** Operators that work on the input, behind those that only move or cast it. */
function firstOf(nodes: Node[], input: string | undefined): string[] {
  if (input === undefined) return [];
  const same = new Set([input]);
  const found = new Set<string>();
  // nodes are in the order of their work
  for (const { operator, inputs, outputs } of nodes) {
    if (!same.has(inputs[0])) continue;
    if (movers.has(operator)) for (const output of outputs) same.add(output);
    else found.add(operator);
  }
  return [...found];
}
