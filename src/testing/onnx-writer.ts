// Writes small ONNX files for tests, by the tables of onnx.proto3: another way through the format than the reader's.

export interface Value {
  name: string;
  /** TensorProto.DataType; 1 is float32 */
  type?: number;
  /** missing: no shape at all */
  sizes?: (number | string | null)[];
}

export interface Weight {
  name: string;
  sizes: number[];
  data: Float32Array | BigInt64Array;
  /** name of the file that holds the numbers instead */
  external?: string;
}

export interface Node {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, number | number[] | { float: number }>;
}

export interface Model {
  inputs: Value[];
  outputs: Value[];
  nodes: Node[];
  weights?: Weight[];
  opset?: number;
  metadata?: Record<string, string>;
}

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

function varint(value: number): number[] {
  const out: number[] = [];
  let left = value;
  while (left >= 0x80) {
    out.push((left % 0x80) + 0x80);
    left = Math.floor(left / 0x80);
  }
  return [...out, left];
}

const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const message = (field: number, content: ArrayLike<number>): number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...Array.from(content),
];
const text = (field: number, value: string): number[] => message(field, ascii(value));

function value({ name, type = 1, sizes }: Value): number[] {
  const size = (s: number | string | null): number[] =>
    message(1, s === null ? [] : typeof s === 'number' ? number(1, s) : text(2, s));
  const tensor = [...number(1, type), ...(sizes ? message(2, sizes.flatMap(size)) : [])];
  return [...text(1, name), ...message(2, message(1, tensor))];
}

function weight({ name, sizes, data, external }: Weight): number[] {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [
    ...sizes.flatMap((s) => number(1, s)),
    ...number(2, data instanceof Float32Array ? 1 : 7),
    ...text(8, name),
    ...(external
      ? [...message(13, [...text(1, 'location'), ...text(2, external)]), ...number(14, 1)]
      : message(9, raw)),
  ];
}

function attribute([name, v]: [string, number | number[] | { float: number }]): number[] {
  if (typeof v === 'number') return [...text(1, name), ...number(3, v), ...number(20, 2)];
  if (Array.isArray(v)) return [...text(1, name), ...v.flatMap((n) => number(8, n)), ...number(20, 7)];
  const bytes = new Uint8Array(new Float32Array([v.float]).buffer);
  return [...text(1, name), 2 * 8 + 5, ...bytes, ...number(20, 1)];
}

const node = ({ operator, inputs, outputs, attributes = {} }: Node): number[] => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(4, operator),
  ...Object.entries(attributes).flatMap((a) => message(5, attribute(a))),
];

export function writeOnnx({ inputs, outputs, nodes, weights = [], opset = 17, metadata = {} }: Model) {
  const graph = [
    ...nodes.flatMap((n) => message(1, node(n))),
    ...text(2, 'encoder'),
    ...weights.flatMap((w) => message(5, weight(w))),
    ...inputs.flatMap((v) => message(11, value(v))),
    ...outputs.flatMap((v) => message(12, value(v))),
  ];
  return Uint8Array.from([
    ...number(1, 8),
    ...text(2, 'onnx-writer'),
    ...message(7, graph),
    ...message(8, [...text(1, ''), ...number(2, opset)]),
    ...Object.entries(metadata).flatMap(([k, v]) => message(14, [...text(1, k), ...text(2, v)])),
  ]);
}
