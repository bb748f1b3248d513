import { expect, it, vi } from 'vitest';
import type { PipelineCache } from '../gpu/kernel.ts';
import type { Plan } from '../gpu/plan.ts';
import { Stopwatch } from '../gpu/timing.ts';
import { likely } from '../testing/check-operation.ts';
import { measureKernels } from './benchmark.ts';

/** Programs that do nothing, and whether they were given back. */
const programs = vi.hoisted((): { destroyed: boolean }[] => []);
vi.mock('../gpu/program.ts', () => ({
  compile: async (plan: Plan) => {
    for (const t of plan.tensors) t.place = { buffer: {} as GPUBuffer, offset: 0 };
    const program = { destroyed: false, destroy: () => void (program.destroyed = true) };
    programs.push(program);
    return program;
  },
}));

it.each(['product', 'attention', 'LayerNorm'])(
  'a run that begins while %s is measured leaves nothing behind',
  async (kind) => {
    programs.length = 0;
    const device = { features: new Set(), queue: { writeBuffer: () => {} } } as unknown as GPUDevice;
    vi.spyOn(Stopwatch.prototype, 'time').mockResolvedValue({ milliseconds: 1, cpuMilliseconds: null });
    const began = new Error('a run began');
    const onRow = ({ name }: { name: string }) => {
      if (name.startsWith(kind)) throw began;
    };
    const options = { variant: likely, fill: 0, meter: null, onRow, signal: new AbortController().signal };
    await expect(measureKernels({ device } as PipelineCache, options)).rejects.toBe(began);
    expect(programs.length).toBeGreaterThan(0);
    expect(programs.filter(({ destroyed }) => !destroyed)).toEqual([]);
  },
);
