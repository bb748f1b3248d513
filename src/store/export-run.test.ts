// The numbers of a run say what it was trained on, whatever adapter the page has now.

import { beforeEach, expect, it, vi } from 'vitest';
import { preset } from '../core/presets.ts';
import { sampleStep } from '../testing/samples.ts';
import { receive } from './events.ts';
import { exportRun } from './export-run.ts';
import { showRestored } from './keep.ts';
import { newRun, patch } from './studio.ts';

const saved = vi.hoisted(() => vi.fn());
vi.mock('./engine.ts', () => ({ ask: () => new Promise(() => {}), send: () => {}, hear: () => {} }));
vi.mock('./save-file.ts', () => ({ saveFile: saved, inFileName: (text: string) => text }));

const adapterOfExport = async (): Promise<unknown> => {
  exportRun();
  const [, content] = saved.mock.lastCall as [string, Blob];
  return (JSON.parse(await content.text()) as { adapter: unknown }).adapter;
};

const adapter = { name: 'B', software: false, features: [], maxBufferBytes: 1, available: [] };
beforeEach(() => patch({ device: { kind: 'ready', adapter: { ...adapter, variant: {} as never } } }));

const restored = {
  type: 'restored',
  requestId: 'r',
  runId: 'a',
  config: preset('nano'),
  step: 1,
  savedAt: 0,
  metrics: [sampleStep(0)],
  changes: [],
  parent: null,
  clipIds: [],
  notes: [],
} as const;

it('a run that is taken up says what it was trained on, and both once it trained here', async () => {
  showRestored({ ...restored, metrics: [...restored.metrics], changes: [], clipIds: [], notes: [], adapter: 'A' });
  expect(await adapterOfExport()).toBe('A');
  receive({ type: 'metrics', runId: 'a', rows: [sampleStep(1)] });
  receive({ type: 'metrics', runId: 'a', rows: [sampleStep(2)] });
  expect(await adapterOfExport()).toBe('A, then B');
});

it('a run of this page says what took its steps, and nothing before the first', async () => {
  patch({ run: newRun({ runId: 'b', config: preset('nano'), clipIds: [] }) });
  expect(await adapterOfExport()).toBe('unknown');
  receive({ type: 'metrics', runId: 'b', rows: [sampleStep(0)] });
  patch({ device: { kind: 'ready', adapter: { ...adapter, name: 'C', variant: {} as never } } });
  expect(await adapterOfExport()).toBe('B');
});
