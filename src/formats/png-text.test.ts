import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPngText, crc32, readPngText } from './png-text.ts';

/** A chunk by the words of the standard, with zlib's own checksum. */
function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(checksum(named));
  return Buffer.concat([length, named, crc]);
}

/** CRC-32 bit by bit: the remainder of the message divided by the polynomial. */
function checksum(bytes: Uint8Array): number {
  let r = 0xffffffff;
  for (const b of bytes)
    for (let bit = 0; bit < 8; bit++) r = ((r ^ (b >>> bit)) & 1 ? (r >>> 1) ^ 0xedb88320 : r >>> 1) >>> 0;
  return ~r >>> 0;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const header = chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]));
const pixels = chunk('IDAT', zlib.deflateSync(Buffer.from([0, 10, 20, 30])));
const end = chunk('IEND', new Uint8Array());
const png = new Uint8Array(Buffer.concat([signature, header, pixels, end]));

describe('texts in a PNG', () => {
  it('the checksum is that of the standard', () => expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926));

  it('adds iTXt chunks behind the header, byte for byte', () => {
    const text = chunk('iTXt', Buffer.from('Comment\0\0\0\0\0blocks 8 × 0.15', 'utf8'));
    expect(Buffer.from(addPngText(png, { Comment: 'blocks 8 × 0.15' }))).toEqual(
      Buffer.concat([signature, header, text, pixels, end]),
    );
  });

  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const texts = { Software: a, 'v-jepa-studio': b };
        expect(readPngText(addPngText(png, texts))).toEqual(texts);
      }),
    );
  });

  it('reads tEXt, and passes over what it does not know', () => {
    const latin = chunk('tEXt', Buffer.from('Author\0J\xfcrgen', 'latin1'));
    const packed = chunk('zTXt', Buffer.from('a\0\0b'));
    const made = new Uint8Array(Buffer.concat([signature, header, latin, packed, pixels, end]));
    expect(readPngText(made)).toEqual({ Author: 'Jürgen' });
  });

  it('refuses what is broken', () => {
    expect(() => readPngText(png.subarray(1))).toThrow('signature');
    expect(() => addPngText(new Uint8Array(Buffer.concat([signature, pixels])), {})).toThrow('header');
    const bent = png.slice();
    bent[45] ^= 1;
    expect(() => readPngText(bent)).toThrow('checksum');
    const long = png.slice();
    long[8] = 127;
    expect(() => readPngText(long)).toThrow('longer');
  });
});
