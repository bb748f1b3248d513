import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintFile } from './fingerprint.ts';

describe('fingerprints', () => {
  it('are SHA-256 of the whole file', async () => {
    // FIPS 180-4: the digest of "abc"
    expect(await fingerprintFile(new Blob(['abc']))).toEqual({
      kind: 'whole',
      text: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('are taken of one file after the other, whatever becomes of those before', async () => {
    let [reading, most] = [0, 0];
    class Slow extends Blob {
      readonly #fails: boolean;
      constructor(text: string, fails = false) {
        super([text]);
        this.#fails = fails;
      }
      override async arrayBuffer(): Promise<ArrayBuffer> {
        most = Math.max(most, ++reading);
        await new Promise((resolve) => setTimeout(resolve, 5));
        reading--;
        if (this.#fails) throw new Error('gone');
        return super.arrayBuffer();
      }
    }
    const files = [new Slow('abc'), new Slow('x', true), new Slow('abc')];
    const taken = await Promise.allSettled(files.map(fingerprintFile));
    expect(taken.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(most).toBe(1);
  });

  it('of large files see their size, both ends and pieces between', async () => {
    const piece = 2 ** 20;
    const bytes = Buffer.alloc(80 * piece);
    for (let i = 0; i < 80; i++) bytes.fill(i + 1, i * piece, (i + 1) * piece);
    const expected = createHash('sha256').update(`${bytes.length}\n`);
    for (let i = 0; i < 32; i++) {
      const from = Math.round((i * 79 * piece) / 31);
      expected.update(bytes.subarray(from, from + piece));
    }
    const whole = await fingerprintFile(new Blob([bytes]));
    expect(whole).toEqual({ kind: 'sampled', text: `sha256s:${expected.digest('hex')}` });
    bytes[bytes.length - 1] ^= 1;
    expect((await fingerprintFile(new Blob([bytes]))).text).not.toBe(whole.text);
  });
});
