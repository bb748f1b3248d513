// NPY 1.0 (numpy.lib.format): magic, version, header length, a Python dict literal padded so that data begins at a multiple
// of 64, then the values in C order, little-endian.

import { StudioError } from '../core/errors.ts';

export type NpyData =
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

export interface NpyArray {
  shape: number[];
  data: NpyData;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

const descrOf = (data: NpyData): string => {
  if (data instanceof Uint8Array) return '|u1';
  if (data instanceof Int32Array) return '<i4';
  return data instanceof Float32Array ? '<f4' : '<f8';
};

export function writeNpy({ shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== data.length)
    throw new StudioError('internal', `an array of ${data.length} values was given a shape of ${size}`);
  // a tuple of one needs its comma
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descrOf(data)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(start + data.byteLength);
  out.set(magic);
  new DataView(out.buffer).setUint16(8, start - 10, true);
  out.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}

function refuse(why: string): never {
  throw new StudioError('format', `This is not an NPY file that can be read: ${why}.`, 'Save it with numpy.save.');
}

/** Reads version 1.0 in C order with the types that writeNpy knows. Throws StudioError 'format'. */
export function readNpy(bytes: Uint8Array): NpyArray {
  if (bytes.length < 10 || magic.some((b, i) => i < 6 && bytes[i] !== b)) refuse('it does not begin with \\x93NUMPY');
  if (bytes[6] !== 1) refuse(`its version is ${bytes[6]}, version 1 is supported`);
  const start = 10 + bytes[8] + 256 * bytes[9];
  if (start > bytes.length) refuse('its header is longer than the file');
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, start));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || tuple === undefined)
    refuse('its header names no type, order or shape');
  if (order === 'True') refuse('it is in Fortran order');
  const shape = tuple
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const size = shape.reduce((a, b) => a * b, 1);
  // a copy is aligned
  const raw = bytes.slice(start).buffer as ArrayBuffer;
  const each = { '|u1': 1, '<i4': 4, '<f4': 4, '<f8': 8 }[descr];
  if (each === undefined) refuse(`its type is ${descr}, supported are |u1, <i4, <f4 and <f8`);
  if (raw.byteLength !== size * each) refuse(`it has ${raw.byteLength} bytes of data, its shape needs ${size * each}`);
  switch (descr) {
    case '|u1':
      return { shape, data: new Uint8Array(raw) };
    case '<i4':
      return { shape, data: new Int32Array(raw) };
    case '<f4':
      return { shape, data: new Float32Array(raw) };
    default:
      return { shape, data: new Float64Array(raw) };
  }
}
