// safetensors: 8-byte little-endian header length, JSON header, raw little-endian data. As strict as the Rust reader:
// no holes, no overlaps, sizes that match, nothing behind the last tensor. Bytes in, plain data out; nothing is executed.

import { isCount } from '../core/is-count.ts';
import { StudioError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';

export type Dtype = 'F32' | 'I32' | 'U8' | 'I64' | 'F64' | 'F16' | 'BF16';

export interface StoredTensor {
  dtype: Dtype;
  shape: number[];
  /** F32 and I32 as such; other types as their bytes */
  data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

export interface Safetensors {
  metadata: Record<string, string>;
  tensors: Map<string, StoredTensor>;
}

const bytesPerValue: Record<Dtype, number> = { F32: 4, I32: 4, U8: 1, I64: 8, F64: 8, F16: 2, BF16: 2 };
const mostHeader = 100_000_000;

/** Of first bytes that would be the length of a header beyond all limits. */
const noHeader = 'its first bytes are no length of a header';

function refuse(why: string): never {
  throw new StudioError(
    'format',
    `This is not a sound safetensors file: ${why}.`,
    'Choose another file, or export it again where it came from.',
  );
}

/** What a file says of itself, and where its data begin. */
function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) refuse(`it has ${bytes.length} bytes, the header length alone takes 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(mostHeader)) refuse(noHeader);
  const start = 8 + Number(length);
  if (start > bytes.length)
    refuse(`it was cut, or is another format: its header should have ${length} bytes, the file ends before`);
  if (length === 0n || bytes[8] !== 0x7b) refuse('its header does not begin with {');
  return { header: parseHeader(bytes.subarray(8, start)), start };
}

function metadataOf({ __metadata__: stored = {} }: Record<string, unknown>): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!isObject(stored)) refuse('__metadata__ is not an object');
  for (const [key, text] of Object.entries(stored)) {
    if (typeof text !== 'string') refuse(`__metadata__.${key} is not text`);
    metadata[key] = text;
  }
  return metadata;
}

/** What lies behind the header: the bytes of all tensors. */
export const tensorBytes = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  bytes.subarray(readHeader(bytes).start);

/** The texts of a file alone. */
export const readMetadata = (bytes: Uint8Array): Record<string, string> => metadataOf(readHeader(bytes).header);

/** Reads a whole file. Throws StudioError 'format' for anything that breaks the format. */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = readHeader(bytes);
  const metadata = metadataOf(header);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value));
  entries.sort((a, b) => a.from - b.from || a.to - b.to);
  let expected = 0;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, from, to } of entries) {
    if (from !== expected) refuse(`${name} begins at ${from}, the tensor before it ends at ${expected}`);
    expected = to;
    if (start + to > bytes.length)
      refuse(`it was cut: ${name} ends at byte ${start + to}, the file has ${bytes.length}`);
    // A copy is aligned (and slice() of a Node buffer would not copy).
    const raw = new Uint8Array(to - from);
    raw.set(bytes.subarray(start + from, start + to));
    const data = dtype === 'F32' ? new Float32Array(raw.buffer) : dtype === 'I32' ? new Int32Array(raw.buffer) : raw;
    tensors.set(name, { dtype, shape, data });
  }
  if (start + expected !== bytes.length) refuse(`${bytes.length - start - expected} bytes follow the last tensor`);
  return { metadata, tensors };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch {
    refuse('its header is not JSON in UTF-8');
  }
  if (!isObject(parsed)) refuse('its header is not an object');
  if (Object.hasOwn(parsed, '__proto__')) refuse('a tensor is called __proto__');
  if (countKeys(text) !== Object.keys(parsed).length) refuse('a name appears twice in its header');
  return parsed;
}

/** Keys of the outermost object, counted in a text that is sound: JSON.parse keeps only the last of two equal ones. */
function countKeys(text: string): number {
  let depth = 0;
  let keys = 0;
  let at = 0;
  while (at < text.length) {
    const sign = text[at++];
    if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
    else if (sign === ':' && depth === 1) keys++;
    else if (sign === '"') at = endOfString(text, at);
  }
  return keys;
}

/** Behind the quote that ends the string of a JSON text which begins here. A text of any length, without a stack. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function readEntry(name: string, value: unknown) {
  if (!isObject(value)) refuse(`${name} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(bytesPerValue, dtype))
    refuse(`${name} has the type ${String(dtype)}, which is not supported`);
  if (!Array.isArray(shape) || !shape.every(isCount)) refuse(`${name} has no sound shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    refuse(`${name} has no sound data_offsets`);
  const [from, to] = offsets as [number, number];
  const size = shape.reduce((a, b) => a * b, bytesPerValue[dtype as Dtype]);
  if (!Number.isSafeInteger(size) || to - from !== size)
    refuse(`${name} takes ${to - from} bytes, its shape needs ${size}`);
  return { name, dtype: dtype as Dtype, shape, from, to };
}

/**
 * A file with one tensor of another and its metadata, reading nothing else of it. `read` gives the bytes from `from` to before
 * `to`. What it returns is read by readSafetensors, which is as strict as ever.
 */
export async function readOneTensor(
  name: string,
  read: (from: number, to: number) => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const first = await read(0, 8);
  if (first.length < 8) refuse(`it has ${first.length} bytes, the header length alone takes 8`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(mostHeader)) refuse(noHeader);
  const start = 8 + Number(length);
  const header = parseHeader(await read(8, start));
  if (!Object.hasOwn(header, name)) refuse(`it holds no ${name}`);
  const { dtype, shape, from, to } = readEntry(name, header[name]);
  const data = await read(start + from, start + to);
  if (data.length !== to - from) refuse(`it was cut: ${name} ends at byte ${start + to}, the file ends before`);
  const entry = { dtype, shape, data_offsets: [0, to - from] };
  const text = JSON.stringify({ __metadata__: header.__metadata__ ?? {}, [name]: entry });
  const head = new TextEncoder().encode(text);
  const out = new Uint8Array(8 + head.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  out.set(data, 8 + head.length);
  return out;
}

/** Writes F32, F64 and I32 tensors; the header is padded to a multiple of 8 so that data is aligned. */
export function writeSafetensors(
  tensors: Map<string, { shape: number[]; data: Float32Array | Float64Array | Int32Array }>,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length) header.__metadata__ = metadata;
  let at = 0;
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (size !== data.length)
      throw new StudioError('internal', `${name} has ${data.length} values, its shape needs ${size}`);
    header[name] = {
      dtype: data instanceof Float32Array ? 'F32' : data instanceof Float64Array ? 'F64' : 'I32',
      shape,
      data_offsets: [at, at + data.byteLength],
    };
    at += data.byteLength;
  }
  const { out, start } = withRoom(header, at);
  let place = start;
  for (const { data } of tensors.values()) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return out;
}

/** A header, and behind it room for so many bytes of data, from `start` on. */
function withRoom(header: Record<string, unknown>, bytes: number): { out: Uint8Array<ArrayBuffer>; start: number } {
  let text = JSON.stringify(header);
  const encoder = new TextEncoder();
  while (encoder.encode(text).length % 8) text += ' ';
  const head = encoder.encode(text);
  const start = 8 + head.length;
  const out = new Uint8Array(start + bytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  return { out, start };
}

/** The same file with more texts in it; its tensors are not looked at. */
export function withMetadata(bytes: Uint8Array, more: Record<string, string>): Uint8Array<ArrayBuffer> {
  const { header, start: before } = readHeader(bytes);
  const { out, start } = withRoom(
    { ...header, __metadata__: { ...metadataOf(header), ...more } },
    bytes.length - before,
  );
  out.set(bytes.subarray(before), start);
  return out;
}
