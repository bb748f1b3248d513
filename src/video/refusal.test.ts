import { describe, expect, test } from 'vitest';
import { openFile } from './open.ts';
import { refuseTracks } from './refusal.ts';
import { sniff } from './sniff.ts';

const bytes = (...parts: (string | number[])[]): Blob =>
  new Blob(parts.map((p) => (typeof p === 'string' ? Uint8Array.from(p, (c) => c.charCodeAt(0)) : Uint8Array.from(p))));
const box = (type: string, size: number) => [0, 0, size >> 8, size & 255, ...Array.from(type, (c) => c.charCodeAt(0))];

describe('what a file is', () => {
  test.each([
    ['empty', bytes()],
    ['text', bytes('once upon a time\n')],
    ['image', bytes('GIF89a', [1, 0, 1, 0])],
    ['image', bytes([0x89], 'PNG\r\n', [26, 10])],
    ['image', bytes([0xff, 0xd8, 0xff, 0xe0])],
    ['image', bytes('RIFF', [1, 2, 3, 4], 'WEBPVP8 ')],
    ['matroska', bytes([0x1a, 0x45, 0xdf, 0xa3, 1])],
    ['isobmff', bytes(box('ftyp', 8))],
    ['other', bytes('RIFF', [1, 2, 3, 4], 'AVI LIST')],
    ['safetensors', bytes([90, 0, 0, 0, 0, 0, 0, 0], '{"metrics":{}}')],
    ['pytorch', bytes('PK\x03\x04', [20, 0], 'archive/data.pkl', [0x80, 2])],
    ['other', bytes('PK\x03\x04', [20, 0], 'holiday.jpg')],
    // torch.save before its archives: protocol 2, then 0x1950a86a20f9469cfc6c
    ['pytorch', bytes([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80])],
    ['unknown', bytes([1, 2, 3, 250, 251])],
  ])('%s', async (kind, file) => {
    expect((await sniff(file)).kind).toBe(kind);
  });
});

describe('sentences name the file, the reason and a way out', () => {
  test.each([
    ['zero.mp4', bytes(), 'zero.mp4 is empty: it has 0 bytes'],
    ['notes.mp4', bytes('dear diary, '.repeat(50)), 'notes.mp4 is not a video: it holds text'],
    [
      'old.avi',
      bytes('RIFF', [1, 2, 3, 4], 'AVI LIST'),
      'old.avi is in the container AVI, which browsers do not decode',
    ],
    ['song.mp4', bytes('ID3', [4, 0, 0]), 'song.mp4 is not a video: it is a MP3 sound'],
    [
      'run.mp4',
      bytes([90, 0, 0, 0, 0, 0, 0, 0], '{"metrics":{}}'),
      'run.mp4 is not a video: by its content it is a checkpoint',
    ],
    [
      'jepa-latest.pth.tar',
      bytes('PK\x03\x04', [20, 0], 'archive/data.pkl'),
      'jepa-latest.pth.tar is a checkpoint of PyTorch, which holds code and is not opened',
    ],
    ['what.mov', bytes([1, 2, 3, 250, 251, 9, 9, 9, 9]), 'what.mov is not a video: its content is of no known format'],
  ])('%s', async (name, file, message) => {
    const code = message.endsWith('a checkpoint')
      ? 'checkpoint'
      : /is not a video|PyTorch/.test(message)
        ? 'no-video'
        : 'video';
    await expect(openFile(file, name)).rejects.toMatchObject({ name: 'StudioError', code, message });
    await expect(openFile(file, name)).rejects.toMatchObject({ advice: expect.stringMatching(/\w/) });
  });

  test('an MP4 whose index is missing', async () => {
    const cut = bytes(box('ftyp', 16), 'isom', [0, 0, 0, 0], box('mdat', 20000), Array<number>(100).fill(5));
    await expect(openFile(cut, 'cut.mp4')).rejects.toMatchObject({
      code: 'video',
      message: 'cut.mp4 has no index (moov): the file was cut, 124 bytes of 20,016 bytes or more are there',
    });
  });

  test('sound alone', async () => {
    const error = await refuseTracks(bytes(), 'song.mp4', ['AAC']);
    expect(error.message).toBe('song.mp4 has sound only (AAC) and no video track');
  });
});
