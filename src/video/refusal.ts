// Sentences about files that cannot be read: each names the file, its codec where known, the reason and a way out.

import { byteSize } from '../core/byte-size.ts';
import { StudioError } from '../core/errors.ts';
import { walkBoxes } from './boxes.ts';
import { sniff } from './sniff.ts';

/** Largest width or height that a file may claim, in pixels. */
export const maxClaimedSide = 8192;

const convert = (to = 'output.mp4') =>
  `Convert it to H.264 in MP4, e.g. ffmpeg -i input -c:v libx264 -pix_fmt yuv420p ${to}`;
const chooseReadable = 'Choose an MP4, MOV, WebM, MKV, GIF or picture file';
const again = 'Copy or download it again, it is not complete';

/** To the byte while a file is small. */
const size = (bytes: number): string => (bytes < 1e5 ? `${bytes.toLocaleString('en')} bytes` : byteSize(bytes));

/** That a file was cut, and how much of it is there; 0 expected bytes: nobody knows. */
export const cutSentence = (bytes: number, expected: number): string =>
  expected > bytes
    ? `the file was cut, ${size(bytes)} of ${size(expected)} are there`
    : `the file was cut after ${size(bytes)}`;

/** Why no demuxer took this file, from what its bytes are. */
export async function refuseContainer(file: Blob, name: string): Promise<StudioError> {
  const kind = await sniff(file);
  switch (kind.kind) {
    case 'empty':
      return new StudioError('video', `${name} is empty: it has 0 bytes`, 'Copy or download it again');
    case 'text':
      return new StudioError('no-video', `${name} is not a video: it holds text`, chooseReadable);
    case 'other':
      return kind.video
        ? new StudioError('video', `${name} is in the container ${kind.name}, which browsers do not decode`, convert())
        : new StudioError('no-video', `${name} is not a video: it is a ${kind.name}`, chooseReadable);
    case 'isobmff':
    case 'matroska':
    case 'image':
      return new StudioError(
        'video',
        `${name} starts like a video, but its structure cannot be read: it is damaged (${size(file.size)})`,
        'Copy or download it again',
      );
    case 'safetensors':
      return new StudioError(
        'checkpoint',
        `${name} is not a video: by its content it is a checkpoint`,
        'Drop it by itself',
      );
    case 'pytorch':
      return new StudioError(
        'no-video',
        `${name} is a checkpoint of PyTorch, which holds code and is not opened`,
        'Export its encoder as ONNX for the Look screen. Runs come in as the studio exported them',
      );
    case 'unknown':
      return new StudioError('no-video', `${name} is not a video: its content is of no known format`, chooseReadable);
  }
  return kind satisfies never;
}

/** Why a file that opened has no video track. `sound` names the codecs of its other tracks. */
export async function refuseTracks(file: Blob, name: string, sound: string[]): Promise<StudioError> {
  if (sound.length)
    return new StudioError(
      'video',
      `${name} has sound only (${sound.join(', ')}) and no video track`,
      'Choose a file with pictures',
    );
  const kind = await sniff(file);
  if (kind.kind === 'isobmff') {
    const { types, expectedBytes } = await walkBoxes(file);
    const index = !types.includes('moov');
    const cut = expectedBytes > file.size;
    const part = cut ? `${size(file.size)} of ${size(expectedBytes)}${index ? ' or more' : ''}` : '';
    if (index || cut)
      return new StudioError(
        'video',
        `${name} has ${index ? 'no index (moov)' : 'a broken index (moov)'}: ` +
          (cut ? `the file was cut, ${part} are there` : 'its recording was not finished'),
        `${again}. If it is a recording, finish or repair it, e.g. with untrunc`,
      );
  }
  return new StudioError('video', `${name} has no video track`, 'Choose a file with pictures');
}

const codecNames: Record<string, string> = {
  avc: 'H.264',
  hevc: 'HEVC (H.265)',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  vorbis: 'Vorbis',
  flac: 'FLAC',
  prores: 'ProRes',
};

/** The name that people use for a codec: avc → H.264. */
export const codecName = (codec: string): string => codecNames[codec] ?? codec;

export function refuseCodec(name: string, codec: string, parameters: string | null): StudioError {
  const full = parameters && parameters !== codec ? `${codec} (${parameters})` : codec;
  return new StudioError('video', `${name} is coded as ${full}, which this browser cannot decode`, convert());
}

export function refuseSize(name: string, width: number, height: number, output = 'output.mp4'): StudioError {
  const side = width < height ? '-2:1280' : '1280:-2';
  return new StudioError(
    'video',
    `${name} is ${width} × ${height} pixels large by what it says, at most ${maxClaimedSide} a side are read`,
    `Scale it down, e.g. ffmpeg -i input -vf scale=${side} ${output}`,
  );
}

/** No frame came out at all. */
export function refuseFrames(name: string, codec: string, reason: string): StudioError {
  return new StudioError(
    'video',
    `${name} (${codec}) gave no frame${reason ? `: ${reason}` : ''}`,
    'Copy or download it again, or convert it with ffmpeg',
  );
}

/** A part came out: what, of how much (a number, or "about" one), and why. */
export function partlyRead(
  read: number,
  declared: number | `about ${number}`,
  seconds: number,
  ofSeconds: number,
  why: string,
): string {
  const of = typeof declared === 'string' || declared > read ? ` of ${declared}` : '';
  const length = ofSeconds > seconds ? ` (${seconds.toFixed(1)} of ${ofSeconds.toFixed(1)} s)` : '';
  return `${read}${of} frames could be read${length}: ${why}`;
}
