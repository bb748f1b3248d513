// The nano preset on real clips: trained on all videos of a folder, then asked for the labels that some of them carry. What
// is asked is cut into windows, and the windows of one video stay on one side of the split.

import type { RunConfig } from '../core/config.ts';
import { preset } from '../core/presets.ts';
import type { ClipFrameSource } from '../tasks/clips.ts';
import { FrozenFeatures } from '../tasks/frozen.ts';
import type { LabelledClip } from '../tasks/labelled.ts';
import { Pretraining } from '../tasks/pretrain.ts';
import { decodeVideo } from '../video/decode.ts';
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
  windows: number;
}

export const realArms = ['real', 'real-random'] as const;

/** Movements of a second or more: every fourth frame. */
const stride = 4;

/** Frames between the beginnings of two windows of a video. */
const windowStep = 16;

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
  const data = { kind: 'library', clipIds: windows.map((w) => w.id), axis: 'action', group: 'video' } as const;
  // another test for every seed: with so few videos the choice of the test is most of the spread
  const frozen = new FrozenFeatures(tools.pipelines, config.model, run?.nets.target ?? null, tools.variant);
  const split = { train: 0.5, validation: 0.2, seed };
  const question = { id: arm, config, trained: run !== null, frozen, data, clips: windows, shares: [1], split };
  const action = await askFrozen(question, tools);
  frozen.destroy();
  run?.destroy();
  return {
    arm,
    seed,
    losses,
    seconds: (performance.now() - began) / 1000,
    reports: { action },
    videos: videos.length,
    labelled: videos.filter((v) => v.label !== null).length,
    windows: windows.length,
  };
}

/** Windows of a labelled video, `frames` long, every 16 frames; one where the video is shorter. */
export function windowsOf(video: string, label: string, source: ClipFrameSource, frames: number): LabelledClip[] {
  const count = Math.max(1, Math.floor((source.frames - frames) / windowStep) + 1);
  return Array.from({ length: count }, (_, i) => {
    const start = i * windowStep;
    const id = `${label}/${video} from ${start}`;
    return {
      id,
      name: id,
      label,
      group: `${label}/${video}`,
      source: {
        ...source,
        frames: Math.min(frames, source.frames - start),
        rgb: (frame: number) => source.rgb(start + frame),
      },
      clip: { kind: 'library', clipId: id, name: id },
    };
  });
}
