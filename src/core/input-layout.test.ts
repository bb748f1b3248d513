// Signatures as exporters write them: official V-JEPA, Hugging Face V-JEPA 2, VideoMAE, DINOv2, and graphs that cannot fit.

import { describe, expect, it } from 'vitest';
import type { EncoderGraph, GraphSize } from './encoder-graph.ts';
import { checkLayout, inputSizes, proposeLayout, readLayout } from './input-layout.ts';

type Sizes = GraphSize[] | null;

const graphOf = (
  input: [string, Sizes],
  outputs: [string, Sizes][],
  more: Partial<EncoderGraph> = {},
): EncoderGraph => ({
  producer: 'pytorch',
  opset: 17,
  inputs: [{ name: input[0], type: 'float32', sizes: input[1] }],
  outputs: outputs.map(([name, sizes]) => ({ name, type: 'float32', sizes })),
  operators: 100,
  parameters: 1000,
  metadata: {},
  patches: [],
  first: ['Conv'],
  ...more,
});

describe('how an encoder wants its clips', () => {
  it('V-JEPA: everything is fixed, only the colours are asked for', () => {
    const graph = graphOf(['x', [1, 3, 16, 224, 224]], [['y', [1, 1568, 1024]]], { patches: [[2, 16, 16]] });
    expect(proposeLayout(graph)).toEqual({
      layout: {
        order: 'BCTHW',
        frames: 16,
        side: 224,
        normalisation: 'imagenet',
        pictures: 'tubelets',
        output: 'y',
      },
      asked: ['normalisation'],
      notes: [],
      outputs: ['y'],
    });
  });

  it('V-JEPA 2 with named sizes: order by name, size and frames asked for', () => {
    const graph = graphOf(
      ['pixel_values_videos', ['batch', 'num_frames', 'num_channels', 'height', 'width']],
      [['last_hidden_state', ['batch', 'tokens', 1024]]],
      { patches: [[2, 16, 16]] },
    );
    const { layout, asked } = proposeLayout(graph);
    expect(layout).toMatchObject({ order: 'BTCHW', frames: 16, side: 224, output: 'last_hidden_state' });
    expect(asked).toEqual(['side', 'frames', 'normalisation']);
    expect(inputSizes(layout)).toEqual([1, 16, 3, 224, 224]);
  });

  it('VideoMAE: colours behind time', () => {
    const graph = graphOf(['pixel_values', [1, 16, 3, 224, 224]], [['last_hidden_state', [1, 1568, 768]]]);
    expect(proposeLayout(graph).layout.order).toBe('BTCHW');
  });

  it('DINOv2: pictures, one at a time; the likely output of several comes first', () => {
    const graph = graphOf(
      ['pixel_values', ['batch', 3, 224, 224]],
      [
        ['pooler_output', ['batch', 384]],
        ['hidden_states.3', ['batch', 257, 384]],
        ['last_hidden_state', ['batch', 257, 384]],
      ],
      { patches: [[14, 14]] },
    );
    const { layout, asked, outputs } = proposeLayout(graph);
    expect(layout).toMatchObject({ order: 'BCHW', frames: 1, side: 224 });
    expect(outputs).toEqual(['last_hidden_state', 'hidden_states.3']);
    expect(asked).toEqual(['normalisation', 'pictures']);
  });

  it('three frames of three colours: the graph cannot tell, so it is asked', () => {
    const { layout, asked } = proposeLayout(graphOf(['x', [1, 3, 3, 16, 16]], [['y', [1, 3, 8]]]));
    expect(layout.order).toBe('BCTHW');
    expect(asked).toContain('order');
    expect(proposeLayout(graphOf(['x', null], [['y', null]])).asked).toEqual([
      'order',
      'side',
      'frames',
      'normalisation',
    ]);
  });

  it('the range of colours is read where the file tells it, or suspected from how the graph begins', () => {
    const range = (more: Partial<EncoderGraph>) =>
      proposeLayout(graphOf(['x', [1, 3, 32, 32]], [['y', [1, 4, 8]]], { patches: [[16, 16]], ...more }));
    const half = { image_mean: '[0.5, 0.5, 0.5]', image_std: '[0.5, 0.5, 0.5]' };
    expect(range({ metadata: half })).toMatchObject({ layout: { normalisation: 'signed' }, asked: ['pictures'] });
    const usual = { image_mean: '[0.485, 0.456, 0.406]', image_std: '[0.229, 0.224, 0.225]' };
    expect(range({ metadata: usual })).toMatchObject({ layout: { normalisation: 'imagenet' }, asked: ['pictures'] });
    expect(range({ first: ['Sub'] }).layout.normalisation).toBe('unit');
    expect(range({ first: ['Div'] }).layout.normalisation).toBe('bytes');
    expect(range({ first: ['Div'] }).notes[0]).toContain('begins with Div');
  });

  it.each<[string, EncoderGraph, string]>([
    [
      'a classifier',
      graphOf(['x', [1, 3, 224, 224]], [['logits', [1, 1000]]]),
      'The output logits is of 1 × 1000: one answer for the whole clip, as a classifier gives it, and no tokens.',
    ],
    ['channels last', graphOf(['x', [1, 224, 224, 3]], [['y', [1, 196, 8]]]), 'its colours come last'],
    ['one colour', graphOf(['x', [1, 1, 28, 28]], [['y', [1, 49, 8]]]), 'no axis holds three colours'],
    ['text', graphOf(['ids', [1, 77]], [['y', [1, 77, 512]]]), 'clips have five axes'],
    ['a batch', graphOf(['x', [8, 3, 224, 224]], [['y', [8, 196, 8]]]), 'it takes 8 clips at once'],
    [
      'no square',
      graphOf(['x', [1, 3, 224, 320]], [['y', [1, 280, 8]]]),
      'pictures of 320 × 224 pixels are not square',
    ],
    [
      'tokens that are no grid',
      graphOf(['x', [1, 3, 16, 224, 224]], [['y', [1, 77, 8]]], { patches: [[2, 16, 16]] }),
      'A clip of 16 frames of 224 × 224 pixels would have 1568 of them, as 8 × 14 × 14',
    ],
    [
      'a mask to be given',
      {
        ...graphOf(['x', [1, 3, 224, 224]], [['y', [1, 196, 8]]]),
        inputs: ['x', 'mask'].map((name) => ({ name, type: 'float32', sizes: [1, 3, 224, 224] })),
      },
      'The graph takes 2 inputs (x, mask), and only clips can be given.',
    ],
  ])('refuses %s with its sentence', (_, graph, sentence) => {
    expect(() => proposeLayout(graph)).toThrow(sentence);
  });

  it('checks what the form or the memory gives', () => {
    const graph = graphOf(['x', ['b', 3, 'T', 'H', 'W']], [['y', null]], { patches: [[2, 16, 16]] });
    const { layout } = proposeLayout(graph);
    expect(() => checkLayout({ ...layout, side: 8 }, graph)).toThrow('Pictures of 8 pixels cannot go in.');
    expect(() => checkLayout({ ...layout, frames: 7 }, graph)).toThrow('tubelets of 2 frames, which do not divide 7');
    expect(() => checkLayout({ ...layout, order: 'BCHW', frames: 1 }, graph)).toThrow('not 1 × 3 × 224 × 224');
    expect(() => checkLayout({ ...layout, output: 'z' }, graph)).toThrow('no output z');
    expect(readLayout(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
    for (const bad of [null, 3, {}, { ...layout, order: 'XYZ' }, { ...layout, frames: '16' }])
      expect(readLayout(bad)).toBeNull();
  });
});
