import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from './npy.ts';

const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

describe('NPY', () => {
  it('is the format byte for byte', () => {
    const bytes = writeNpy({ shape: [2, 3], data: Int32Array.of(1, -2, 3, 256, 5, 6) });
    // numpy.lib.format: \x93NUMPY, 1, 0, length 118, header padded with spaces to 128, closed by a newline
    const header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + '\n';
    const expected = [0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0, ...Buffer.from(header)];
    expected.push(1, 0, 0, 0, 0xfe, 255, 255, 255, 3, 0, 0, 0, 0, 1, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0);
    expect([...bytes]).toEqual(expected);
  });

  it.each([
    { shape: [3], data: Uint8Array.of(1, 2, 255) },
    { shape: [], data: Float64Array.of(Math.PI) },
    { shape: [0, 4], data: new Float32Array(0) },
    { shape: [1, 2, 1], data: Float32Array.of(0.5, -1e-30) },
  ])('gives back $shape', (array) => {
    const bytes = writeNpy(array);
    expect((bytes.length - array.data.byteLength) % 64).toBe(0);
    expect(readNpy(bytes)).toEqual(array);
  });

  it('a header that fills its 64 bytes exactly still ends with its newline', () => {
    for (let digits = 1; digits < 70; digits++) {
      const shape = [...Array.from({ length: digits }, () => 1), 5];
      const bytes = writeNpy({ shape, data: new Uint8Array(5) });
      expect(bytes[bytes.length - 6]).toBe(10);
      expect(readNpy(bytes).shape).toEqual(shape);
    }
  });

  it('refuses what breaks the format', () => {
    const sound = writeNpy({ shape: [2], data: Int32Array.of(1, 2) });
    const broken = (change: (b: Uint8Array) => Uint8Array | void) => {
      const copy = sound.slice();
      return () => readNpy(change(copy) ?? copy);
    };
    const swap = (from: string, to: string) =>
      broken((b) => new Uint8Array(Buffer.from(Buffer.from(b).toString('latin1').replace(from, to), 'latin1')));
    expect(broken((b) => void (b[1] = 0))).toThrow('NUMPY');
    expect(broken((b) => void (b[6] = 2))).toThrow('version');
    expect(broken((b) => void (b[9] = 200))).toThrow('header is longer');
    expect(broken((b) => b.subarray(0, -1))).toThrow('7 bytes');
    expect(swap('<i4', '>i4')).toThrow('>i4');
    expect(swap('<i4', '|O8')).toThrow('|O8');
    expect(swap('False', 'True ')).toThrow('Fortran');
    expect(swap("'shape'", "'sharp'")).toThrow('shape');
  });

  it.skipIf(!hasNumpy)('opens in NumPy', () => {
    const bytes = writeNpy({ shape: [2, 1, 2], data: Float32Array.of(0.5, 1, -2, 3) });
    const script =
      'import sys,io,numpy;a=numpy.load(io.BytesIO(sys.stdin.buffer.read()));print(a.dtype,a.shape,a.tolist())';
    const ran = spawnSync('python3', ['-c', script], { input: bytes });
    expect(ran.stdout.toString().trim()).toBe('float32 (2, 1, 2) [[[0.5, 1.0]], [[-2.0, 3.0]]]');
  });
});
