// Texts in a PNG (ISO/IEC 15948): iTXt chunks behind IHDR, uncompressed UTF-8. So a picture says which settings made it.

import { StudioError } from '../core/errors.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const afterHeader = signature.length + 25;

interface Chunk {
  type: string;
  data: Uint8Array;
}

/** The same picture with texts; a keyword has 1 to 79 Latin letters. */
export function addPngText(png: Uint8Array, texts: Record<string, string>): Uint8Array<ArrayBuffer> {
  if (chunksOf(png)[0]?.type !== 'IHDR') refuse('it does not begin with its header');
  const added = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  const size = added.reduce((n, chunk) => n + chunk.length, png.length);
  const out = new Uint8Array(size);
  out.set(png.subarray(0, afterHeader));
  let at = afterHeader;
  for (const chunk of added) {
    out.set(chunk, at);
    at += chunk.length;
  }
  out.set(png.subarray(afterHeader), at);
  return out;
}

/** The texts of a picture: iTXt (uncompressed) and tEXt. */
export function readPngText(png: Uint8Array): Record<string, string> {
  const texts: Record<string, string> = {};
  const latin = new TextDecoder('latin1');
  for (const { type, data } of chunksOf(png)) {
    const end = data.indexOf(0);
    if ((type !== 'iTXt' && type !== 'tEXt') || end < 1) continue;
    const keyword = latin.decode(data.subarray(0, end));
    if (keyword === '__proto__') continue;
    if (type === 'tEXt') texts[keyword] = latin.decode(data.subarray(end + 1));
    else if (data[end + 1] === 0) {
      // compression flag and method, then language and translated keyword, each closed by a zero
      const language = data.indexOf(0, end + 3);
      const translated = data.indexOf(0, language + 1);
      if (language >= 0 && translated >= 0) texts[keyword] = new TextDecoder().decode(data.subarray(translated + 1));
    }
  }
  return texts;
}

function refuse(why: string): never {
  throw new StudioError('format', `This is not a sound PNG: ${why}.`, 'Export it again.');
}

function chunksOf(png: Uint8Array): Chunk[] {
  if (signature.some((b, i) => png[i] !== b)) refuse('it does not begin with the signature');
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: Chunk[] = [];
  for (let at = signature.length; at + 12 <= png.length;) {
    const length = view.getUint32(at);
    if (at + 12 + length > png.length) refuse('a chunk is longer than the file');
    const named = png.subarray(at + 4, at + 8 + length);
    const type = String.fromCharCode(...named.subarray(0, 4));
    if (crc32(named) !== view.getUint32(at + 8 + length)) refuse(`the checksum of its chunk ${type} is wrong`);
    chunks.push({ type, data: named.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

function textChunk(keyword: string, text: string): Uint8Array {
  if (!/^[\x20-\x7e]{1,79}$/.test(keyword)) throw new StudioError('internal', `${keyword} is no keyword of a PNG text`);
  const encoder = new TextEncoder();
  // keyword 0, not compressed, method 0, no language 0, no translated keyword 0, text
  const data = new Uint8Array([...encoder.encode(`iTXt${keyword}`), 0, 0, 0, 0, 0, ...encoder.encode(text)]);
  const chunk = new Uint8Array(data.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length - 4);
  chunk.set(data, 4);
  view.setUint32(4 + data.length, crc32(data));
  return chunk;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of ISO 3309, as PNG and zip have it. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
