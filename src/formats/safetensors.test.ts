import { describe, expect, it } from 'vitest';
import { readMetadata, readSafetensors, writeSafetensors } from './safetensors.ts';

/** A file of this header and these bytes of data. */
function file(header: string, data = 0): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + head.length + data);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  return out;
}

const entry = (from: number) => `{"dtype": "F32", "shape": [1], "data_offsets": [${from}, ${from + 4}]}`;

describe('names in a header', () => {
  it('a text of twenty million characters is read', () => {
    const clips = '\\"'.repeat(1e7);
    const bytes = writeSafetensors(new Map([['w', { shape: [1], data: Float32Array.of(3) }]]), { clips });
    expect(readMetadata(bytes).clips.length).toBe(clips.length);
    expect(readSafetensors(bytes).tensors.get('w')?.data).toEqual(Float32Array.of(3));
  });

  it('a name that appears twice is refused, however it is spelled', () => {
    for (const again of ['"w"', '"\\u0077"', '"w" \n'])
      expect(() => readSafetensors(file(`{"w": ${entry(0)}, ${again}: ${entry(4)}}`, 8))).toThrow('appears twice');
  });

  it('what looks like a name within texts and inner objects is none', () => {
    const name = '{\\"a\\": [\\\\';
    const read = readSafetensors(file(`{"__metadata__": {"w": "\\"w\\":", "v": "}:{"}, "${name}" :${entry(0)}}`, 4));
    expect([...read.tensors.keys()]).toEqual(['{"a": [\\']);
    expect({ ...read.metadata }).toEqual({ w: '"w":', v: '}:{' });
  });
});
