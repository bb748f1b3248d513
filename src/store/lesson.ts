// A lesson of ten minutes for a room and a projector: chapters that put the studio itself into the state they speak of.
// What they need (a run, its features, surprise) is made here and now, on this device.

import { control, showClip, showDraw } from './actions.ts';
import { giveStudioBack, haveLessonRun } from './lesson-run.ts';
import { patchFeatures } from './look-features.ts';
import { goToChange, provokeWith } from './look-change.ts';
import { cancelLook, measureSurprise, patchLook } from './look.ts';
import { lessonOf, openChapter } from './screen.ts';
import { closeSlow, takeSlowStep } from './slow.ts';
import { patch, useStudio } from './studio.ts';
import { openTrainedRun } from './trained-run.ts';
import { until } from './until.ts';

export interface Chapter {
  title: string;
  text: string;
  /** for the room, before the next chapter */
  question: string;
  /** cannot be shown without a GPU */
  gpu: boolean;
  /** `open`: whether it is still the open chapter, to be asked whenever something was waited for */
  enter: (open: () => boolean) => void | Promise<void>;
}

export const chapters: readonly Chapter[] = [
  {
    title: 'What is hidden?',
    text: 'A short film, cut into tokens: squares of a few frames each. What is framed in blue the network may see. Everything orange is hidden from it, through the whole film.',
    question: 'What is behind the orange? How do you know?',
    gpu: false,
    enter: () => {
      patch({ maskShown: true, playing: true, whichMap: 'latest' });
      showStored();
    },
  },
  {
    title: 'Features, not pixels',
    text: 'A predictor says for every hidden place what an encoder would make of it, not what it looks like. Violet is nearly right, bright is wrong. Dark grey is what it was shown: there is nothing to predict.',
    question: 'Where is it wrong, and why there?',
    gpu: false,
    enter: () => {
      patch({ playing: true, whichMap: 'latest' });
      showStored();
    },
  },
  {
    title: 'Before it learned anything',
    text: 'The same network with random weights: wrong everywhere, and everywhere about alike. Each has features of its own to predict, so compare places within a picture, not one picture with the other.',
    question: 'What did training make easy, and what stays hard?',
    gpu: false,
    enter: () => {
      patch({ playing: true, whichMap: 'random' });
      showStored();
    },
  },
  {
    title: 'One step, slowly',
    text: 'One training step in nine stages: the arrow keys go through them, with the true numbers. At the end the slow encoder follows by a hundredth of the way, or less.',
    question: 'Who sees the hidden places, and who has to guess them?',
    gpu: true,
    enter: async (open) => {
      patch({ whichMap: 'latest' });
      if ((await haveLessonRun()) && (await settled()) && open()) await takeSlowStep();
    },
  },
  {
    title: 'Let it run',
    text: 'The loss falls, and later it may rise: the targets grow richer while they are learned. Whether that is learning or collapse, Health says once it has checked the run a few times, which takes minutes.',
    question: 'Is a rising loss bad news?',
    gpu: true,
    enter: async (open) => {
      closeSlow();
      patch({ playing: true, curve: 'loss' });
      if ((await haveLessonRun()) && (await settled()) && open()) control('resume');
    },
  },
  {
    title: 'What it learned',
    text: 'A run of 1000 steps that comes with the studio, beside random weights. Where the colour is alike, the features are: three colours stand for the three ways in which those of one network differ most. The two pictures have colours of their own.',
    question: 'Which colours go along with what moves, and which stay at their place?',
    gpu: true,
    enter: async (open) => {
      closeSlow();
      asItWas();
      patchLook({ panes: 2, largest: null });
      patchFeatures({ mode: 'features', kind: 'pca', network: 'target', layer: null });
      await haveTrained();
      if (open()) await showDrawn();
    },
  },
  {
    title: 'Surprise',
    text: 'Halfway through, another film is spliced in: the band. From the first frames of a window the run predicts the rest of it, window after window; the curve is how wrong it was. The bar below is the window of now.',
    question: 'Why does the curve rise before the band begins?',
    gpu: true,
    enter: async (open) => {
      closeSlow();
      patchFeatures({ mode: 'errors' });
      patchLook({ panes: 1, largest: null });
      await haveTrained();
      if (open()) await showDrawn();
      if (!open()) return;
      const { clips, viewed } = useStudio.getState();
      const shown = clips.find((clip) => clip.clipId === viewed?.clipId);
      const others = clips.filter((clip) => clip.clipId !== viewed?.clipId);
      const other = others.find((clip) => clip.source === 'procedural') ?? others[0];
      if (shown && other) {
        const middle = Math.floor(shown.frames / 2);
        provokeWith({ kind: 'splice', from: middle, to: Math.min(shown.frames, middle + 8), clipId: other.clipId });
        // the room sees the cut come
        await goToChange();
        if (!open()) return;
        patch({ playing: true });
      }
      if ((await settled()) && open()) await measureSurprise();
    },
  },
  {
    title: 'Did it learn anything?',
    text: 'Recorded with the studio, on small runs of 300 steps: what probes read off trained features and off random weights; an attentive one looks over all tokens, a linear one at their mean. Guessing gets 12.5 % of eight directions and 33.3 % of three speeds.',
    question: 'Which result would have changed your mind?',
    gpu: false,
    enter: asItWas,
  },
  {
    title: 'Take it home',
    text: 'What was trained and measured in this lesson was made on this device, and nothing left it. The mask lab works on a phone too: open a film of your own there and see what V-JEPA would hide.',
    question: 'What would you hide to make it learn?',
    gpu: false,
    enter: () => patch({ playing: false }),
  },
];

/** No video is changed, and none is measured any more. */
function asItWas(): void {
  cancelLook('surprising');
  provokeWith(null);
}

/** The stage has a clip and a mask of which the stored run brings maps. */
function showStored(): void {
  closeSlow();
  const { stored, viewed, draw } = useStudio.getState();
  const [first] = stored?.maps ?? [];
  const there = stored?.maps.some((m) => m.clipId === viewed?.clipId && m.start === viewed.start && m.draw === draw);
  if (there || !first) return;
  showDraw(first.draw);
  void showClip(first.clipId, first.start);
}

/** The stage has a clip of the kind that the run that comes along has learned from; a film of one's own may show something else. */
async function showDrawn(): Promise<void> {
  const { stored, viewed, clips } = useStudio.getState();
  const drawn = clips.filter((clip) => clip.source === 'procedural');
  if (drawn.some(({ clipId }) => clipId === viewed?.clipId)) return;
  const clip = drawn.find(({ clipId }) => clipId === stored?.maps[0]?.clipId) ?? drawn[0];
  if (clip) await showClip(clip.clipId, 0);
}

let opening: Promise<void> | null = null;

/** The run that comes with the studio is on the page; two chapters that want it at once wait for the same. */
async function haveTrained(): Promise<void> {
  await until(useStudio, ({ stored }) => stored !== undefined);
  const { run, stored } = useStudio.getState();
  if (run && run.runId === stored?.runId && run.state !== 'failed') return;
  // any chapter that wants it may be open by then, and the lesson may be over
  opening ??= openTrainedRun(() => useStudio.getState().lesson !== null).finally(() => (opening = null));
  await opening;
}

/** Waits until the run on the page takes steps or rests; false when there is none, or it failed. */
async function settled(): Promise<boolean> {
  await until(useStudio, ({ run }) => run?.state !== 'preparing');
  const { run } = useStudio.getState();
  return run !== null && run.state !== 'failed';
}

let entered = 0;

/** Puts the studio into the state of a chapter; whatever another one is still waiting for is left. */
export async function enterChapter(chapter: number): Promise<void> {
  const mine = ++entered;
  const open = () => mine === entered;
  const { gpu, enter } = chapters[chapter];
  patch({ demo: useStudio.getState().run === null });
  // a lesson may be the first that is opened: its films are still being drawn
  await until(useStudio, ({ device, clips }) => device.kind !== 'opening' && clips.length > 1);
  if (open() && (!gpu || useStudio.getState().device.kind === 'ready')) await enter(open);
}

/** Takes back what the lesson did to the pictures and the settings. */
export function leaveLesson(): void {
  entered++;
  closeSlow();
  asItWas();
  giveStudioBack();
}

/** One chapter on or back; stays within the lesson. */
export function turn(by: number): void {
  // the address is a key ahead of what is shown
  const lesson = lessonOf(location.hash);
  if (lesson !== null) openChapter(Math.min(Math.max(lesson + by, 0), chapters.length - 1));
}
