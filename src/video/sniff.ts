// What a file really is, from its bytes and not from its name: used for sentences about files that do not open.

export type ImageType = 'image/gif' | 'image/png' | 'image/jpeg' | 'image/webp';

/** A file as far as its head tells. */
export type FileKind =
  | { kind: 'isobmff'; brand: string }
  | { kind: 'matroska' }
  /** animated or still */
  | { kind: 'image'; type: ImageType }
  | { kind: 'empty' }
  | { kind: 'text' }
  /** tensors with their names, as checkpoints are */
  | { kind: 'safetensors' }
  /** tensors as PyTorch writes them, which would be run as code to be read */
  | { kind: 'pytorch' }
  /** a format that is known and not read here */
  | { kind: 'other'; name: string; video: boolean }
  | { kind: 'unknown' };

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** First bytes, offset, format name, whether it is video. */
const signatures: readonly (readonly [bytes: string, offset: number, name: string, video: boolean])[] = [
  ['AVI ', 8, 'AVI', true],
  ['\x00\x00\x01\xba', 0, 'MPEG program stream', true],
  ['\x00\x00\x01\xb3', 0, 'MPEG video stream', true],
  ['FLV\x01', 0, 'Flash video', true],
  ['\x30\x26\xb2\x75', 0, 'Windows Media (ASF)', true],
  ['OggS', 0, 'Ogg', true],
  ['WAVE', 8, 'WAV sound', false],
  ['ID3', 0, 'MP3 sound', false],
  ['fLaC', 0, 'FLAC sound', false],
  ['PK\x03\x04', 0, 'ZIP archive', false],
  ['%PDF', 0, 'PDF document', false],
];

const images: readonly (readonly [bytes: string, offset: number, type: ImageType])[] = [
  ['GIF8', 0, 'image/gif'],
  ['\x89PNG', 0, 'image/png'],
  ['\xff\xd8\xff', 0, 'image/jpeg'],
  ['WEBP', 8, 'image/webp'],
];

const boxTypes = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp', 'sidx', 'moof', 'uuid']);

/** Reads the first 4 KiB. */
export async function sniff(file: Blob): Promise<FileKind> {
  if (file.size === 0) return { kind: 'empty' };
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) return { kind: 'matroska' };
  for (const [bytes, offset, type] of images)
    if (ascii(head, offset, offset + bytes.length) === bytes) return { kind: 'image', type };
  // an archive that begins with the pickle of a checkpoint, or the older pickle by itself, which begins with a magic number
  const all = ascii(head, 0, head.length);
  if (
    (all.startsWith('PK\x03\x04') && all.includes('/data.pkl')) ||
    all.startsWith('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.')
  )
    return { kind: 'pytorch' };
  const box = ascii(head, 4, 8);
  if (boxTypes.has(box)) return { kind: 'isobmff', brand: box === 'ftyp' ? ascii(head, 8, 12) : '' };
  for (const [bytes, offset, name, video] of signatures)
    if (ascii(head, offset, offset + bytes.length) === bytes) return { kind: 'other', name, video };
  // eight bytes of length, of which a head that fits has the last four zero, then JSON
  if (head[8] === 0x7b && head.subarray(4, 8).every((b) => b === 0) && file.size > 9) return { kind: 'safetensors' };
  const printable = head.every((b) => b >= 32 || (b >= 9 && b <= 13));
  return printable ? { kind: 'text' } : { kind: 'unknown' };
}
