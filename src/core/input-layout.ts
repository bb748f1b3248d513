// How a stranger's encoder wants its clips: order of axes, size, frames, range of the colours, and which output holds the
// tokens. Read from the graph where it says so; what it does not say is asked for. Pure.

import { type EncoderGraph, type GraphSize, type GraphValue, sizesText } from './encoder-graph.ts';
import { StudioError } from './errors.ts';
import { layTokens } from './token-layout.ts';

/** Batch, colours, time, height, width. BCHW: an encoder of pictures. */
export type InputOrder = 'BCTHW' | 'BTCHW' | 'BCHW';
/** imagenet: 0 … 1, less the mean of ImageNet, by its deviation; unit: 0 … 1; signed: −1 … 1; bytes: 0 … 255 */
export type Normalisation = 'imagenet' | 'unit' | 'signed' | 'bytes';

export interface InputLayout {
  order: InputOrder;
  /** pictures that go in at once; 1 for an encoder of pictures */
  frames: number;
  /** pixels, square */
  side: number;
  normalisation: Normalisation;
  /** pictures of the shown clip that an encoder of pictures sees: all, or the middle one of each tubelet */
  pictures: 'frames' | 'tubelets';
  /** name of the output with the tokens */
  output: string;
}

export interface Proposal {
  layout: InputLayout;
  /** fields that the graph says nothing of, or too little */
  asked: (keyof InputLayout)[];
  /** what was read, a sentence each */
  notes: string[];
  /** outputs that may hold tokens, likely ones first */
  outputs: string[];
}

const orders: readonly InputOrder[] = ['BCTHW', 'BTCHW', 'BCHW'];
const normalisations: readonly Normalisation[] = ['imagenet', 'unit', 'signed', 'bytes'];
export const least = { side: 16, frames: 1 };
export const mostOf = { side: 1024, frames: 128 };

const usualSide = 224;
const usualFrames = 16;
const numbers = new Set(['float32', 'float16']);

/** Throws StudioError 'format' with a sentence when no layout can fit. */
export function proposeLayout(graph: EncoderGraph): Proposal {
  const asked: Proposal['asked'] = [];
  const notes: string[] = [];
  const input = onlyInput(graph);
  const { order, known } = orderOf(input);
  if (!known) asked.push('order');
  const sizes = input.sizes ?? [];
  const [high, wide] = sizes.slice(-2);
  if (typeof high === 'number' && typeof wide === 'number' && high !== wide)
    throw refusal(input, `pictures of ${wide} × ${high} pixels are not square`, 'Export it for square pictures.');
  const side = [high, wide].find((s) => typeof s === 'number');
  if (side === undefined) asked.push('side');
  const time = order === 'BCHW' ? 1 : sizes[order.indexOf('T')];
  if (typeof time !== 'number') asked.push('frames');
  const range = rangeOf(graph, notes);
  if (!range.known) asked.push('normalisation');
  if (order === 'BCHW') asked.push('pictures');
  const layout: InputLayout = {
    order,
    frames: typeof time === 'number' ? time : usualFrames,
    side: side ?? usualSide,
    normalisation: range.normalisation,
    pictures: 'tubelets',
    output: '',
  };
  const outputs = outputsOf(graph, side !== undefined && typeof time === 'number' ? layout : null);
  if (outputs.length > 1 && likeliness(outputs[0]) > 0) asked.push('output');
  layout.output = outputs[0];
  checkLayout(layout, graph);
  return { layout, asked, notes, outputs };
}

/** Throws StudioError 'config' with what is wrong with a layout for this graph. */
export function checkLayout(layout: InputLayout, graph: EncoderGraph): void {
  const bad = (what: string, advice: string): never => {
    throw new StudioError('config', what, advice);
  };
  for (const field of ['side', 'frames'] as const) {
    const value = layout[field];
    if (!Number.isInteger(value) || value < least[field] || value > mostOf[field])
      bad(
        `${field === 'side' ? 'Pictures' : 'Clips'} of ${value} ${field === 'side' ? 'pixels' : 'frames'} cannot go in.`,
        `Choose a whole number from ${least[field]} to ${mostOf[field]}.`,
      );
  }
  if (!graph.outputs.some((o) => o.name === layout.output))
    bad(`The graph has no output ${layout.output}.`, 'Choose one that it has.');
  const sizes = graph.inputs[0]?.sizes;
  const wanted = inputSizes(layout);
  if (sizes && sizes.length !== wanted.length)
    bad(`The graph takes ${sizesText(sizes)}, not ${sizesText(wanted)}.`, 'Choose another order.');
  if (sizes?.some((s, i) => typeof s === 'number' && s !== wanted[i]))
    bad(`The graph takes ${sizesText(sizes)}, not ${sizesText(wanted)}.`, 'Choose the sizes that it names.');
  const cut = graph.patches.find((kernel) => kernel.length === 3)?.[0];
  if (cut && layout.frames % cut)
    bad(
      `The graph cuts tubelets of ${cut} frames, which do not divide ${layout.frames}.`,
      `Take a multiple of ${cut}.`,
    );
  const patch = graph.patches[0]?.at(-1);
  if (patch && layout.side < patch) bad(`Patches have ${patch} pixels, pictures ${layout.side}.`, 'Take larger ones.');
}

/** Sizes of the tensor that goes in. */
export function inputSizes({ order, frames, side }: InputLayout): number[] {
  const time = { BCTHW: [3, frames], BTCHW: [frames, 3], BCHW: [3] };
  return [1, ...time[order], side, side];
}

/** A layout that was written down; null when it is none. */
export function readLayout(value: unknown): InputLayout | null {
  if (typeof value !== 'object' || value === null) return null;
  const v = value as Record<string, unknown>;
  const order = orders.find((o) => o === v.order);
  const normalisation = normalisations.find((n) => n === v.normalisation);
  const pictures = (['frames', 'tubelets'] as const).find((p) => p === v.pictures);
  const { frames, side, output } = v;
  if (!order || !normalisation || !pictures || typeof output !== 'string') return null;
  if (typeof frames !== 'number' || typeof side !== 'number') return null;
  return { order, frames, side, normalisation, pictures, output };
}

// ---------------------------------------------------------------- parts

const refusal = (value: GraphValue, why: string, advice: string): StudioError =>
  new StudioError('format', `The input ${value.name} is of ${sizesText(value.sizes)}: ${why}.`, advice);

function onlyInput({ inputs }: EncoderGraph): GraphValue {
  const [input] = inputs;
  if (inputs.length !== 1)
    throw new StudioError(
      'format',
      inputs.length
        ? `The graph takes ${inputs.length} inputs (${inputs
            .slice(0, 4)
            .map((i) => i.name)
            .join(', ')}), and only clips can be given.`
        : 'The graph takes no input.',
      'Export the encoder alone, with the clip as its only input.',
    );
  if (!numbers.has(input.type))
    throw refusal(input, `its numbers are ${input.type}`, 'Export it with float32 or float16 inputs.');
  if (input.sizes && typeof input.sizes[0] === 'number' && input.sizes[0] !== 1)
    throw refusal(input, `it takes ${input.sizes[0]} clips at once`, 'Export it for a batch of 1, or a free one.');
  return input;
}

/** Whether an axis may hold three colours: it is 3, it is named so, or it is open. */
function colours(size: GraphSize | undefined): 'yes' | 'maybe' | 'no' {
  if (size === 3 || (typeof size === 'string' && /chan|colou?r|rgb/i.test(size))) return 'yes';
  return typeof size === 'number' || (typeof size === 'string' && /frame|time|height|width/i.test(size))
    ? 'no'
    : 'maybe';
}

function orderOf(input: GraphValue): { order: InputOrder; known: boolean } {
  const { sizes } = input;
  const looks = /video/i.test(input.name) ? ('BTCHW' as const) : ('BCTHW' as const);
  if (sizes === null) return { order: /pixel_values$|image/i.test(input.name) ? 'BCHW' : looks, known: false };
  if (sizes.length !== 4 && sizes.length !== 5)
    throw refusal(
      input,
      'clips have five axes, B × C × T × H × W or B × T × C × H × W, and pictures four, B × C × H × W',
      'Export the encoder with clips or pictures as its input.',
    );
  const [first, second] = [colours(sizes[1]), sizes.length === 5 ? colours(sizes[2]) : 'no'];
  if (first === 'no' && second === 'no')
    throw refusal(
      input,
      colours(sizes.at(-1)) === 'yes' ? 'its colours come last' : 'no axis holds three colours',
      'Export it with colours before height and width.',
    );
  if (sizes.length === 4) return { order: 'BCHW', known: true };
  if (first !== second) {
    if (first === 'yes' || second === 'no') return { order: 'BCTHW', known: true };
    if (second === 'yes' || first === 'no') return { order: 'BTCHW', known: true };
  }
  return { order: looks, known: false };
}

/** The range of colours: what the file says of it, or what is usual. */
function rangeOf({ metadata, first }: EncoderGraph, notes: string[]): { normalisation: Normalisation; known: boolean } {
  const near = (key: string, values: number[]) => {
    const said = (metadata[key] ?? '').match(/[\d.]+/g)?.map(Number) ?? [];
    return said.length === values.length && said.every((s, i) => Math.abs(s - values[i]) < 0.002);
  };
  if (near('image_mean', [0.485, 0.456, 0.406]) && near('image_std', [0.229, 0.224, 0.225]))
    return { normalisation: 'imagenet', known: true };
  if (near('image_mean', [0.5, 0.5, 0.5]) && near('image_std', [0.5, 0.5, 0.5]))
    return { normalisation: 'signed', known: true };
  const sums = first.filter((o) => o === 'Sub' || o === 'Div' || o === 'Mul');
  if (!sums.length) return { normalisation: 'imagenet', known: false };
  notes.push(
    `The graph begins with ${sums.join(' and ')}: it may bring colours to its own range, from 0 … 1 or 0 … 255.`,
  );
  return { normalisation: sums[0] === 'Sub' ? 'unit' : 'bytes', known: false };
}

/** 0: surely the tokens of the last layer. */
const likeliness = (name: string): number =>
  /last_hidden_state|patch_?tokens/i.test(name) ? 0 : /token|feature|hidden|embed/i.test(name) ? 1 : 2;

/** Names of outputs that may hold tokens, likely ones first; those that cannot are told when none is left. */
function outputsOf({ outputs, patches }: EncoderGraph, fed: InputLayout | null): string[] {
  let refused: unknown = null;
  const fit = outputs.filter(({ name, type, sizes }) => {
    if (!numbers.has(type)) return false;
    if (sizes === null) return true;
    // B may be open, and so may be what else is told only when it runs
    const all = sizes.map((s, i) => (i === 0 && typeof s !== 'number' ? 1 : s));
    const fixed = all.every((s) => typeof s === 'number');
    if (sizes.length >= 3 && sizes.length <= 5 && !(fixed && fed)) return true;
    try {
      layTokens(
        name,
        all.map((s) => (typeof s === 'number' ? s : 1)),
        fed ?? { frames: 1, side: 1 },
        patches,
      );
      return true;
    } catch (error) {
      refused ??= error;
      return false;
    }
  });
  if (fit.length) return fit.map((o) => o.name).sort((a, b) => likeliness(a) - likeliness(b));
  if (refused) throw refused;
  throw new StudioError(
    'format',
    `The graph has no output of numbers: ${outputs.map((o) => `${o.name} is ${o.type}`).join(', ') || 'it has none'}.`,
    'Export the encoder with its tokens as an output.',
  );
}
