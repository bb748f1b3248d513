// What is looked at as the hash of an address: `#look&mode=features&…`. A clip is named by its fingerprint and a run by its
// name; neither is sent. What a link says is checked like any file.

import { mostName, nameInLink } from './link-name.ts';
import { notTaken, oneOf, wholeTo } from './link-note.ts';
import {
  type Baseline,
  baselines,
  type FeatureKind,
  featureKinds,
  type LookMode,
  lookModes,
  type PaneCount,
  paneCounts,
  type PaneId,
  paneIds,
  type Quantity,
  quantities,
} from './look-view.ts';
import { type Provocation, type ProvocationKind, provocationKinds } from './provocation.ts';

const networks = ['encoder', 'target'] as const;

export interface LookLink {
  run: string | null;
  /** steps that its weights were trained for; null: as they are now */
  at: number | null;
  /** fingerprint of a file, or the id of a drawn clip */
  clip: string | null;
  /** its name, to ask for it */
  name: string | null;
  /** first frame of the window in the video; frame of the window */
  start: number;
  frame: number;
  token: number | null;
  /** mask set that is looked at; null: all */
  set: number | null;
  mode: LookMode;
  quantity: Quantity;
  baseline: Baseline;
  kind: FeatureKind;
  network: (typeof networks)[number];
  /** null: the output; null: the mean of all heads */
  layer: number | null;
  head: number | null;
  panes: PaneCount;
  largest: PaneId | null;
  /** how the video was changed, see changeText; with another film, that film's fingerprint or id */
  change: string | null;
  other: string | null;
}

const mostCharacters = 4096;
const mostCount = 2 ** 32 - 1;
const names = ['run', 'clip', 'name', 'other'] as const;
const counts = ['at', 'start', 'frame', 'token', 'set', 'layer', 'head'] as const;
const choices = {
  mode: lookModes,
  quantity: quantities,
  baseline: baselines,
  kind: featureKinds,
  network: networks,
  largest: paneIds,
} as const;

export const plainLook: LookLink = {
  run: null,
  at: null,
  clip: null,
  name: null,
  start: 0,
  frame: 0,
  token: null,
  set: null,
  mode: 'errors',
  quantity: 'error',
  baseline: 'mean',
  kind: 'pca',
  network: 'target',
  layer: null,
  head: null,
  panes: 2,
  largest: null,
  change: null,
  other: null,
};

/** Only what differs from the usual look. */
export function writeLookLink(state: LookLink): string {
  const pairs = Object.entries(state).flatMap(([name, value]) =>
    value === null || value === plainLook[name as keyof LookLink]
      ? []
      : [`${name}=${encodeURIComponent(nameInLink(String(value)))}`],
  );
  return ['#look', ...pairs].join('&');
}

/** What a hash says, with a note for everything that was not understood. Null when it names no state. */
export function readLookLink(hash: string): { state: LookLink; notes: string[] } | null {
  if (!hash.startsWith('#look&')) return null;
  const state: Record<keyof LookLink, unknown> = { ...plainLook };
  const notes: string[] = [];
  for (const pair of hash.slice('#look&'.length, mostCharacters).split('&')) {
    const [name, ...rest] = pair.split('=');
    const text = decoded(rest.join('='));
    const value = valueOf(name, text);
    if (value === undefined) notes.push(notTaken(name, text, limitOf(name)));
    else state[name as keyof LookLink] = value;
  }
  return { state: state as LookLink, notes };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What a field may be; undefined for one that is none of ours. */
function limitOf(name: string): string | undefined {
  if (names.some((known) => known === name)) return 'a name';
  if (counts.some((known) => known === name)) return wholeTo(mostCount);
  if (name === 'change') return `${oneOf(provocationKinds)} with its first frame and the one behind its last`;
  const known = Object.entries({ ...choices, panes: paneCounts }).find(([choice]) => choice === name)?.[1];
  return known && oneOf(known);
}

const changeShape = new RegExp(`^(${provocationKinds.join('|')})-(\\d{1,10})-(\\d{1,10})$`);

/** A change as a link has it: what was done, its first frame, and the one behind its last, counted from 0. */
export const changeText = ({ kind, from, to }: Provocation): string => `${kind}-${from}-${to}`;

/** A change that a link names, without the film that a splice takes; null where it names none. */
export function readChange(text: string): { kind: ProvocationKind; from: number; to: number } | null {
  const [, name, from, to] = changeShape.exec(text) ?? [];
  const kind = provocationKinds.find((known) => known === name);
  return kind && Number(from) < Number(to) ? { kind, from: Number(from), to: Number(to) } : null;
}

/** Undefined for what is none. */
function valueOf(name: string, text: string | undefined): string | number | undefined {
  if (text === undefined) return undefined;
  if (names.some((known) => known === name)) return text.slice(0, mostName) || undefined;
  if (counts.some((known) => known === name))
    return /^\d{1,10}$/.test(text) && Number(text) <= mostCount ? Number(text) : undefined;
  if (name === 'change') return readChange(text) ? text : undefined;
  if (name === 'panes') return paneCounts.find((count) => String(count) === text);
  const known = Object.entries(choices).find(([choice]) => choice === name)?.[1];
  return known?.find((choice) => choice === text);
}
