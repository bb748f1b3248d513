// Makes video files with known content inside the browser, for the stories about reading them.
// Every frame carries its number as eight bars, so a frame read back says which one it is.

import {
  BufferTarget,
  canEncodeVideo,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  BufferSource,
  MP4,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
  AudioSample,
  AudioSampleSource,
  type VideoCodec,
} from 'mediabunny';

export interface ClipPlan {
  container: 'mp4' | 'mov' | 'webm' | 'mkv';
  codec: VideoCodec;
  width: number;
  height: number;
  /** presentation times, seconds */
  times: number[];
  rotation?: 0 | 90 | 180 | 270;
  /** adds a track of silence */
  sound?: boolean;
  /** writes no duration, as MediaRecorder does */
  live?: boolean;
  keyFrameInterval?: number;
  /** instead of bars: a bright square on grey, from a place, by so many pixels a frame; it leaves and comes back */
  moving?: { from: [number, number]; by: [number, number] };
}

function drawSquare(
  context: OffscreenCanvasRenderingContext2D,
  n: number,
  { width, height }: ClipPlan,
  { from, by }: NonNullable<ClipPlan['moving']>,
): void {
  context.fillStyle = 'rgb(110 110 110)';
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'white';
  const x = (((from[0] + by[0] * n) % width) + width) % width;
  const y = (((from[1] + by[1] * n) % height) + height) % height;
  for (const dx of [0, -width]) for (const dy of [0, -height]) context.fillRect(x + dx, y + dy, width / 4, height / 4);
}

/** Bars of frame n: bit k of n lights the k-th of eight columns in the upper half; the lower half is red and blue. */
function drawBars(context: OffscreenCanvasRenderingContext2D, n: number, width: number, height: number): void {
  for (let k = 0; k < 8; k++) {
    context.fillStyle = (n >> k) & 1 ? 'white' : 'black';
    context.fillRect((k * width) / 8, 0, width / 8, height / 2);
  }
  context.fillStyle = 'red';
  context.fillRect(0, height / 2, width / 2, height / 2);
  context.fillStyle = 'blue';
  context.fillRect(width / 2, height / 2, width / 2, height / 2);
}

const formats = {
  mp4: () => new Mp4OutputFormat({ fastStart: 'in-memory' }),
  mov: () => new MovOutputFormat({ fastStart: 'in-memory' }),
  webm: (live: boolean) => new WebMOutputFormat({ appendOnly: live }),
  mkv: (live: boolean) => new MkvOutputFormat({ appendOnly: live }),
};

/** Codecs that this browser can write. */
export async function encodable(): Promise<VideoCodec[]> {
  const codecs: VideoCodec[] = ['vp8', 'vp9', 'av1', 'avc'];
  const able = await Promise.all(codecs.map((codec) => canEncodeVideo(codec, { width: 128, height: 128 })));
  return codecs.filter((_, i) => able[i]);
}

/** The bytes of a video file. The last frame lasts as long as the one before it. */
export async function encodeClip(plan: ClipPlan): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, times } = plan;
  const target = new BufferTarget();
  const output = new Output({ format: formats[plan.container](plan.live ?? false), target });
  const video = new VideoSampleSource({
    codec: plan.codec,
    bitrate: 2_000_000,
    keyFrameInterval: plan.keyFrameInterval ?? 1,
  });
  output.addVideoTrack(video, { rotation: plan.rotation ?? 0 });
  const sound = plan.sound ? new AudioSampleSource({ codec: 'opus', bitrate: 64_000 }) : null;
  if (sound) output.addAudioTrack(sound);
  await output.start();
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  for (let n = 0; n < times.length; n++) {
    if (plan.moving) drawSquare(context, n, plan, plan.moving);
    else drawBars(context, n, width, height);
    const next = times[n + 1] ?? times[n] + (times[n] - (times[n - 1] ?? 0));
    const sample = new VideoSample(canvas, { timestamp: times[n], duration: next - times[n] });
    await video.add(sample);
    sample.close();
  }
  if (sound) {
    const rate = 48_000;
    const data = new Float32Array(Math.round((times.at(-1) ?? 0) * rate));
    const silence = new AudioSample({ data, format: 'f32', numberOfChannels: 1, sampleRate: rate, timestamp: 0 });
    await sound.add(silence);
    silence.close();
  }
  await output.finalize();
  if (!target.buffer) throw new Error('no bytes were written');
  return new Uint8Array(target.buffer);
}

/** An MP4 with its packets moved in time, so that the first ones lie before 0 as edit lists put them. */
export async function shiftClip(bytes: Uint8Array<ArrayBuffer>, seconds: number): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const codec = await track?.getCodec();
  const config = await track?.getDecoderConfig();
  if (!track || !codec || !config) throw new Error('no video track to shift');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source);
  await output.start();
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets())
    await source.add(packet.clone({ timestamp: packet.timestamp + seconds }), { decoderConfig: config });
  await output.finalize();
  input.dispose();
  if (!target.buffer) throw new Error('no bytes were written');
  return new Uint8Array(target.buffer);
}

/** A photograph of 96 × 64 pixels as stored, a JPEG file whose EXIF part tells its orientation (1 to 8). */
export async function encodePhotograph(orientation: number): Promise<Uint8Array<ArrayBuffer>> {
  const [width, height] = [96, 64];
  const canvas = new OffscreenCanvas(width, height);
  drawBars(canvas.getContext('2d')!, 0, width, height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 });
  const jpeg = new Uint8Array(await blob.arrayBuffer());
  // APP1 of 34 bytes: "Exif", a big-endian TIFF head, one directory with one entry (0x0112, a short)
  const head = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const entry = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  return new Uint8Array([...jpeg.subarray(0, 2), ...head, ...entry, ...jpeg.subarray(2)]);
}
