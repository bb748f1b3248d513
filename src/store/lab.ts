// What the mask lab alone knows: tool in hand, what can be undone, the file behind the settings, statistics, the maskings
// that are compared, and the link that waits for its file. Settings, cursor and lists are in the studio's own store.

import { create } from 'zustand';
import type { MaskConfig, RunConfig } from '../core/config.ts';
import type { LinkState } from '../core/link.ts';
import type { OfficialDocument } from '../formats/official-yaml.ts';
import type { MaskStatistics } from '../core/mask-statistics.ts';
import { useStudio } from './studio.ts';

export type Tool = 'point' | 'brush' | 'rectangle';
/** Which tubelets a stroke reaches. */
export type Reach = 'clip' | 'tubelet' | 'rest';

export interface CubeView {
  /** radians about the upright axis, and above the horizon */
  yaw: number;
  pitch: number;
  /** 0: one block, 1: slabs far apart */
  explode: number;
  /** cuts away what lies in front of the cursor along this axis */
  slice: 'none' | 't' | 'y' | 'x';
  /** which kinds are drawn: unused, context, target */
  shown: readonly [boolean, boolean, boolean];
}

export interface SettingsFile {
  name: string;
  version: 1 | 2;
  document: OfficialDocument;
  /** keys of the file that set something, and the fields that they filled */
  used: string[];
  filled: string[];
  /** keys of the file that the lab does not use */
  unused: string[];
  problems: string[];
}

export interface Measuring {
  jobId: string;
  /** what it measures, as `measuredKey` writes it */
  of: string;
  done: number;
  total: number;
  /** milliseconds, of performance.now */
  since: number;
  secondsLeft: number | null;
  /** whether somebody asked for it; the lab also measures a little by itself after every change */
  asked: boolean;
}

/** Settings with where they came from: what one step of undo gives back. */
export interface Made extends Pick<Lab, 'base' | 'origin' | 'file'> {
  config: RunConfig;
}

export interface Lab {
  view: 'one' | 'compare';
  tool: Tool;
  erase: boolean;
  reach: Reach;
  /** side of the brush in tokens */
  brush: number;
  cube: CubeView;
  /** first corner of a rectangle that is being drawn */
  corner: number | null;

  past: Made[];
  future: Made[];
  /** what the settings started from: a preset, a file, or what `origin` names */
  base: RunConfig;
  /** where they came from if that is neither a preset nor a file of settings: "a link", the name of a picture */
  origin: string | null;
  /** a picture whose link is about to be opened */
  picture: string | null;
  file: SettingsFile | null;

  /** draws that the button measures */
  clips: number;
  measuring: Measuring | null;
  statistics: MaskStatistics | null;
  /** of what they are, as `measuredKey` writes it */
  statisticsOf: string | null;
  /** a note when statistics failed */
  statisticsProblem: string | null;

  /** two to four maskings beside each other */
  compared: { name: string; mask: MaskConfig }[];
  /** why the compared maskings cannot be measured */
  comparedProblem: string | null;
  comparedStatistics: MaskStatistics | null;

  /** a link that was opened and waits for its file */
  awaited: LinkState | null;
  /** what an opened link, a file or an export has to say */
  notes: string[];
  /** what is being written, with its share */
  writing: { what: string; share: number; cancel: () => void } | null;
}

export const useLab = create<Lab>(() => ({
  view: 'one',
  tool: 'point',
  erase: false,
  reach: 'clip',
  brush: 1,
  cube: { yaw: 0.62, pitch: 0.42, explode: 0.55, slice: 'none', shown: [true, true, true] },
  corner: null,
  past: [],
  future: [],
  base: useStudio.getState().labConfig,
  origin: null,
  picture: null,
  file: null,
  clips: 10_000,
  measuring: null,
  statistics: null,
  statisticsOf: null,
  statisticsProblem: null,
  compared: [],
  comparedProblem: null,
  comparedStatistics: null,
  awaited: null,
  notes: [],
  writing: null,
}));

export const patchLab = (part: Partial<Lab>): void => useLab.setState(part);
