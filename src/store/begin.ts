// The first moments: a drawn clip under its mask at once, then the worker, the drawn library and the stored run.

import { isStoredRun } from '../core/stored-run.ts';
import { drawProceduralClip, proceduralRate } from '../video/procedural.ts';
import { followScene, refreshMask, viewSide, warmUp } from './actions.ts';
import { stayAwake } from './awake.ts';
import { drawnSeed, drawSet } from './drawn.ts';
import { send, startEngine } from './engine.ts';
import { receive } from './events.ts';
import { beginKeeping } from './keep.ts';
import { recallProbeEvery } from './health.ts';
import { recallMemoryLimit } from './memory-limit.ts';
import { followAddress } from './screen.ts';
import { patch, sceneConfig, useStudio } from './studio.ts';

let begun = false;

export function begin(): void {
  if (begun) return;
  begun = true;
  followAddress();
  // the worker first: it opens the GPU while this thread draws
  startEngine(receive);
  recallMemoryLimit();
  recallProbeEvery();
  send({ type: 'open' });
  warmUp();
  showFirstClip();
  refreshMask();
  drawSet();
  beginKeeping();
  stayAwake();
  void loadStoredRun();
}

/** The same picture that the worker's library has as its first clip, drawn here so that nothing has to be waited for. */
function showFirstClip(): void {
  const config = sceneConfig(useStudio.getState());
  const { frames } = config.model;
  const stride = config.data.samplingRate;
  const { rgb } = drawProceduralClip(drawnSeed, 0, { frames, side: viewSide, stride });
  const pixels = viewSide * viewSide;
  const rgba = Array.from({ length: frames }, (_, t) => {
    const picture = new Uint8ClampedArray(pixels * 4).fill(255);
    for (let i = 0; i < pixels; i++) for (let k = 0; k < 3; k++) picture[4 * i + k] = rgb[(t * pixels + i) * 3 + k];
    return picture;
  });
  const times = rgba.map((_, t) => (t * stride) / proceduralRate);
  patch({ viewed: { clipId: `drawn-${drawnSeed}-0`, name: 'Drawn clip 1', start: 0, side: viewSide, times, rgba } });
}

/** A finished nano run, so that the page has something to show before anything was trained. */
async function loadStoredRun(): Promise<void> {
  try {
    const response = await fetch('./stored-run.json');
    const parsed: unknown = await response.json();
    if (!isStoredRun(parsed)) return patch({ stored: null });
    const before = sceneConfig(useStudio.getState());
    patch({ stored: parsed });
    followScene(before);
  } catch {
    patch({ stored: null }); // offline copy without it: everything else works
  }
}
