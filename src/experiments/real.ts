// The nano preset on real clips: trained on all videos of a folder, then asked for the labels that some of them carry, and,
// since few carry any, for a label that every video has: how fast it is played. What is asked is cut into windows, and the
// windows of one video stay on one side of the split.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import type { ClipFrameSource } from '../tasks/clips.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import type { LabelledClip } from '../tasks/labelled.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { decodeVideo } from '../video/decode.ts';
import type { Axis } from './arms.ts';
import { type ArmRecord, askFrozen, takeAllSteps, type Tools } from './run.ts';

/** A video that the page may fetch; label: the folder that it lies in, null at the top. */
export interface GivenVideo {
  url: string;
  name: string;
  label: string | null;
}

export interface RealRecord extends ArmRecord {
  videos: number;
  labelled: number;
  /** of the labelled videos */
  windows: number;
  /** of all videos, every one at each of the rates */
  ratedWindows: number;
}

export const realArms = ['real', 'real-random'] as const;

/** Movements of a second or more: every fourth frame. */
const stride = 4;

/** Frames between the beginnings of two windows of a video. */
const windowStep = 16;

/** What a window is played at: every frame, every second, every fourth. */
const rates = [1, 2, 4] as const;

/** Labels that a probe of the rate learns from: all, and a tenth. */
const rateShares = [1, 0.1];

const configOf = (seed: number): RunConfig => {
  const nano = preset('nano');
  return { ...nano, seed, data: { ...nano.data, samplingRate: stride } };
};

/** Throws StudioError 'video' for a file that cannot be decoded. */
export async function runReal(
  arm: (typeof realArms)[number],
  seed: number,
  given: readonly GivenVideo[],
  tools: Tools,
): Promise<RealRecord> {
  const began = performance.now();
  const config = configOf(seed);
  const videos = await Promise.all(
    given.map(async (video) => {
      const file = await (await fetch(video.url)).blob();
      const { store } = await decodeVideo(file, video.name, { shortSide: 64 });
      const source: ClipFrameSource = {
        frames: store.frames,
        width: store.width,
        height: store.height,
        rgb: (frame) => store.rgb(frame),
      };
      return { ...video, source };
    }),
  );
  const windows = videos.flatMap(({ name, label, source }) =>
    label === null ? [] : windowsOf(name, label, source, config.model.frames * stride),
  );
  const rated = videos.flatMap(({ name, label, source }) =>
    ratedWindows(name, label, source, config.model.frames * stride),
  );
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
  const ask = (axis: Axis, clips: readonly LabelledClip[], shares: number[]) =>
    askFrozen(
      {
        id: arm,
        config,
        trained: run !== null,
        frozen,
        data: { kind: 'library', clipIds: clips.map((w) => w.id), axis, group: 'video' },
        clips,
        shares,
        split: { train: 0.5, validation: 0.2, seed },
      },
      tools,
    );
  const action = await ask('action', windows, [1]);
  const rate = await ask('rate', rated, rateShares);
  frozen.destroy();
  run?.destroy();
  return {
    arm,
    seed,
    losses,
    seconds: (performance.now() - began) / 1000,
    reports: { action, rate },
    videos: videos.length,
    labelled: videos.filter((v) => v.label !== null).length,
    windows: windows.length,
    ratedWindows: rated.length,
  };
}

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
export function ratedWindows(
  video: string,
  folder: string | null,
  source: ClipFrameSource,
  frames: number,
): LabelledClip[] {
  if (source.frames < frames) return [];
  return beginnings(source, frames).flatMap((start) =>
    rates.map((rate) => {
      const first = start + Math.floor((frames - (frames * rate) / stride) / 2);
      return labelledWindow(`${folder ?? ''}/${video}`, `from ${start}, every ${rate}`, `every ${rate}`, {
        ...source,
        frames,
        rgb: (frame) => source.rgb(first + Math.floor((frame * rate) / stride)),
      });
    }),
  );
}

function labelledWindow(group: string, which: string, label: string, source: ClipFrameSource): LabelledClip {
  const id = `${group} ${which}`;
  return { id, name: id, label, group, source, clip: { kind: 'library', clipId: id, name: id } };
}
