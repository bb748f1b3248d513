// The nano preset on real clips: trained on all videos of a folder, then asked for the labels that some of them carry, and,
// since few carry any, for two that every video can be given: how fast it is played, and which way the picture pans. What is
// asked is cut into windows, and the windows of one video stay on one side of the split.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import type { ClipFrameSource } from '../tasks/clips.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import type { LabelledClip } from '../tasks/labelled.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { decodeVideo } from '../video/decode.ts';
import { directionNames, directions } from '../video/procedural.ts';
import type { Axis } from './arms.ts';
import { type ArmRecord, type ArmReport, askFrozen, readOnce, takeAllSteps, type Tools } from './run.ts';

/** A video that the page may fetch; label: the folder that it lies in, null at the top. */
export interface GivenVideo {
  url: string;
  name: string;
  label: string | null;
}

/** The same, decoded. */
export interface RealVideo extends Omit<GivenVideo, 'url'> {
  source: ClipFrameSource;
}

export interface RealRecord extends ArmRecord {
  videos: number;
  labelled: number;
  /** of the labelled videos */
  windows: number;
  /** of all videos, every one at each of the rates */
  ratedWindows: number;
  /** of all videos, every one panned in each direction */
  pannedWindows: number;
}

export const realArms = ['real', 'real-random'] as const;

/** Movements of a second or more: every fourth frame. */
const stride = 4;

/** Frames between the beginnings of two windows of a video. */
const windowStep = 16;

/** What a window is played at: every frame, every second, every fourth. */
const rates = [1, 2, 4] as const;

/** Splits that the pan is asked with, the same for every seed: which videos are in the test is most of its spread. */
const panSplits = Array.from({ length: 10 }, (_, i) => 10 + i);

/** Labels that a probe of what every video has learns from: all, and a tenth. */
const shares = [1, 0.1];

/** Side of the part that pans, as a share of the short side; its way is what is left of that. */
const panSide = 0.625;

const configOf = (seed: number): RunConfig => {
  const nano = preset('nano');
  return { ...nano, seed, data: { ...nano.data, samplingRate: stride } };
};

/** Throws StudioError 'video' for a file that cannot be decoded. */
export const decodeAll = (given: readonly GivenVideo[]): Promise<RealVideo[]> =>
  Promise.all(
    given.map(async ({ url, name, label }) => {
      const file = await (await fetch(url)).blob();
      const { store } = await decodeVideo(file, name, { shortSide: 64 });
      const { frames, width, height } = store;
      return { name, label, source: { frames, width, height, rgb: (frame) => store.rgb(frame) } };
    }),
  );

export async function runReal(
  arm: (typeof realArms)[number],
  seed: number,
  videos: readonly RealVideo[],
  tools: Tools,
): Promise<RealRecord> {
  const began = performance.now();
  const config = configOf(seed);
  const frames = config.model.frames * stride;
  const windows = videos.flatMap(({ name, label, source }) =>
    label === null ? [] : windowsOf(name, label, source, frames),
  );
  const rated = videos.flatMap((video) => ratedWindows(video, frames));
  const panning = videos.flatMap((video) => pannedWindows(video, frames));
  const untrained = arm === 'real-random';
  const run = untrained
    ? null
    : await Pretraining.create(
        tools.pipelines,
        config,
        videos.map((v) => v.source),
        { variant: tools.variant },
      );
  const losses = run ? await takeAllSteps(run, `${arm} seed ${seed}`, tools) : [];
  // another test for every seed: with so few videos the choice of the test is most of the spread
  const frozen = new FrozenFeatures(tools.pipelines, config.model, run?.nets.target ?? null, tools.variant);
  const once = readOnce(frozen);
  type Asked = Pick<Parameters<typeof askFrozen>[0], 'shares' | 'frozen' | 'probes'> & { split?: number };
  const ask = (axis: Axis, clips: readonly LabelledClip[], { split = seed, ...asked }: Asked) =>
    askFrozen(
      {
        id: arm,
        config,
        trained: run !== null,
        data: { kind: 'library', clipIds: clips.map((w) => w.id), axis, group: 'video' },
        clips,
        split: { train: 0.5, validation: 0.2, seed: split },
        ...asked,
      },
      tools,
    );
  const action = await ask('action', windows, { frozen, shares: [1] });
  const rate = await ask('rate', rated, { frozen, shares });
  const pan: ArmReport[] = [];
  for (const split of panSplits) {
    const report = await ask('pan', panning, { frozen: once, shares, split, probes: ['attentive'] });
    pan.push(pan.length ? withoutIds(report) : report);
  }
  frozen.destroy();
  run?.destroy();
  return {
    arm,
    seed,
    losses,
    seconds: (performance.now() - began) / 1000,
    reports: { action, rate },
    repeated: { pan },
    videos: videos.length,
    labelled: videos.filter((v) => v.label !== null).length,
    windows: windows.length,
    ratedWindows: rated.length,
    pannedWindows: panning.length,
  };
}

/** The windows are those of the first split. */
const withoutIds = (report: ArmReport): ArmReport => ({
  ...report,
  request: { ...report.request, data: { ...report.request.data, clipIds: [] } as typeof report.request.data },
});

/** Where the windows of a video begin, `frames` long, every 16 frames; one where the video is shorter. */
const beginnings = (source: ClipFrameSource, frames: number): number[] =>
  Array.from({ length: Math.max(1, Math.floor((source.frames - frames) / windowStep) + 1) }, (_, i) => i * windowStep);

/** Windows of a labelled video, `frames` long. */
export function windowsOf(video: string, label: string, source: ClipFrameSource, frames: number): LabelledClip[] {
  return beginnings(source, frames).map((start) =>
    labelledWindow(`${label}/${video}`, `from ${start}`, label, {
      ...source,
      frames: Math.min(frames, source.frames - start),
      rgb: (frame) => source.rgb(start + frame),
    }),
  );
}

/**
 * Windows of a video at every rate about the same middle: who looks at every fourth frame of one sees its frames one, two
 * or four apart. A video shorter than a window has none, since repeated frames would give the rate away.
 */
export function ratedWindows({ name, label, source }: RealVideo, frames: number): LabelledClip[] {
  if (source.frames < frames) return [];
  return beginnings(source, frames).flatMap((start) =>
    rates.map((rate) => {
      const first = start + Math.floor((frames - (frames * rate) / stride) / 2);
      return labelledWindow(`${label ?? ''}/${name}`, `from ${start}, every ${rate}`, `every ${rate}`, {
        ...source,
        frames,
        rgb: (frame) => source.rgb(first + Math.floor((frame * rate) / stride)),
      });
    }),
  );
}

/**
 * Windows of a video through which a square part of the picture moves evenly, in each of eight directions: across the short
 * side it goes all the way, and as fast in the others. A video shorter than a window has none: where it stands still the pan
 * would go on.
 */
export function pannedWindows({ name, label, source }: RealVideo, frames: number): LabelledClip[] {
  if (source.frames < frames) return [];
  const { width, height } = source;
  const short = Math.min(width, height);
  const side = Math.round(short * panSide);
  return beginnings(source, frames).flatMap((start) =>
    directionNames.map((direction, d) =>
      labelledWindow(`${label ?? ''}/${name}`, `from ${start}, ${direction}`, direction, {
        frames,
        width: side,
        height: side,
        rgb: (frame) => {
          const gone = (short - side) * (frame / (frames - 1) - 0.5);
          const [x, y] = directions[d].map((part, i) => Math.round(([width, height][i] - side) / 2 + part * gone));
          return cutOut(source.rgb(start + frame), width, x, y, side);
        },
      }),
    ),
  );
}

/** A square of an RGB picture. */
function cutOut(rgb: Uint8Array, width: number, x: number, y: number, side: number): Uint8Array {
  const out = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const from = ((y + row) * width + x) * 3;
    out.set(rgb.subarray(from, from + side * 3), row * side * 3);
  }
  return out;
}

function labelledWindow(group: string, which: string, label: string, source: ClipFrameSource): LabelledClip {
  const id = `${group} ${which}`;
  return { id, name: id, label, group, source, clip: { kind: 'library', clipId: id, name: id } };
}
