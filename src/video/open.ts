// Opening a video: container, track, size and decodability, with a sentence for everything that can be wrong.
// mediabunny is imported when the first file comes, so that it is not part of the first screen.

import type { Input, InputVideoTrack } from 'mediabunny';
import { StudioError } from '../core/errors.ts';
import { mendMatroska } from './matroska.ts';
import {
  codecName,
  cutSentence,
  maxClaimedSide,
  refuseCodec,
  refuseContainer,
  refuseSize,
  refuseTracks,
} from './refusal.ts';
import { sniff } from './sniff.ts';
import { indexProblem } from './tables.ts';

/** What a file says about itself before anything is decoded. */
export interface VideoInfo {
  container: string;
  codec: string;
  /** as displayed: pixel aspect, rotation and mirroring applied */
  width: number;
  height: number;
  /** clockwise */
  rotation: 0 | 90 | 180 | 270;
  flip: boolean;
  /** length that the file declares, null when it declares none */
  declaredSeconds: number | null;
  /** pictures that the index lists, null when unknown; hidden and negative-time ones are counted too */
  declaredFrames: number | null;
}

/** An open file. Dispose the input when done. */
export interface OpenedVideo {
  input: Input;
  track: InputVideoTrack;
  info: VideoInfo;
  /** what of the file is there, when it was cut and mended; else null */
  cut: string | null;
}

const containers: Record<string, string> = { 'QuickTime File Format': 'MOV', 'MPEG Transport Stream': 'MPEG-TS' };

/** Waits at most this long for one answer of a demuxer or decoder. */
const patience = 30_000;

/** `promise`, or a StudioError when it stays silent for half a minute: a broken file must not hang the library. */
export async function answered<T>(promise: Promise<T>, name: string, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new StudioError(
            'video',
            `${name}: ${what} did not answer for ${patience / 1000} s`,
            'Convert the file with ffmpeg, or leave it out',
          ),
        ),
      patience,
    );
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

async function describe(track: InputVideoTrack, container: string, codec: string): Promise<VideoInfo> {
  // enough packets for an exact count of all but long files, whose count follows from rate and length
  const enough = 20_000;
  const stats = await track.computePacketStats(enough);
  const declaredSeconds = await track.getDurationFromMetadata();
  const counted = stats.packetCount < enough ? stats.packetCount : null;
  const estimated = declaredSeconds === null ? null : Math.round(stats.averagePacketRate * declaredSeconds);
  return {
    container,
    codec,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    rotation: await track.getRotation(),
    flip: await track.getFlip(),
    declaredSeconds,
    declaredFrames: counted ?? estimated,
  };
}

async function openTrack(input: Input, file: Blob, name: string): Promise<Omit<OpenedVideo, 'cut'>> {
  const tracks = await input.getTracks();
  const track = await input.getPrimaryVideoTrack();
  if (!track) {
    const sound = tracks.filter((t) => t.type === 'audio');
    throw await refuseTracks(
      file,
      name,
      await Promise.all(sound.map(async (t) => codecName((await t.getCodec()) ?? 'unknown codec'))),
    );
  }
  const codec = await track.getCodec();
  const internal = await track.getInternalCodecId();
  const spoken = codec ? codecName(codec) : typeof internal === 'string' ? internal : 'an unknown codec';
  const [width, height] = [await track.getCodedWidth(), await track.getCodedHeight()];
  if (Math.max(width, height) > maxClaimedSide) throw refuseSize(name, width, height);
  if (!codec || !(await track.canDecode())) throw refuseCodec(name, spoken, await track.getCodecParameterString());
  const format = await input.getFormat();
  const info = await describe(track, containers[format.name] ?? format.name, spoken);
  if (Math.max(info.width, info.height) > maxClaimedSide) throw refuseSize(name, info.width, info.height);
  return { input, track, info };
}

/** Opens a file with mediabunny and picks its primary video track. Throws StudioError('video'). */
export async function openFile(file: Blob, name: string): Promise<OpenedVideo> {
  const { kind } = await sniff(file);
  if (kind === 'empty') throw await refuseContainer(file, name);
  const found = kind === 'isobmff' ? await indexProblem(file) : null;
  if (found) throw new StudioError('video', `${name} has ${found.problem}`, found.advice);
  const mended = kind === 'matroska' ? await mendMatroska(file) : null;
  const { BlobSource, Input, MATROSKA, MP4, MPEG_TS, QTFF, UnsupportedInputFormatError, WEBM } =
    await import('mediabunny');
  const cut = mended ? cutSentence(file.size, mended.expectedBytes) : null;
  const source = new BlobSource(mended?.file ?? file);
  const input = new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    const opened = await answered(openTrack(input, file, name), name, 'the reader');
    return { ...opened, cut };
  } catch (error) {
    input.dispose();
    if (error instanceof StudioError) throw error;
    if (error instanceof UnsupportedInputFormatError) throw await refuseContainer(file, name);
    if (cut) throw new StudioError('video', `${name} holds no frame: ${cut}`, 'Copy or download it again');
    throw new StudioError(
      'video',
      `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'The file is damaged: copy or download it again',
    );
  }
}
