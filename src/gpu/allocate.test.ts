import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { allocated } from './allocate.ts';
import { refuseLargeBindings } from './memory.ts';
import { Plan } from './plan.ts';
import { likely } from '../testing/check-operation.ts';

/** Error scopes alone, as the standard has them: a stack, of which each catches the errors of its kind. */
function fakeDevice() {
  const stack: { filter: string; error: { message: string } | null }[] = [];
  const device = {
    pushErrorScope: (filter: string) => stack.push({ filter, error: null }),
    popErrorScope: () => Promise.resolve(stack.pop()!.error),
  } as unknown as GPUDevice;
  const raise = (filter: string, message: string) => {
    const scope = stack.findLast((s) => s.filter === filter);
    if (scope) scope.error ??= { message };
  };
  return { device, raise, stack };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'made',
    (e: unknown) => (e instanceof StudioError ? e.code : e),
  );

describe('making what lies in GPU memory', () => {
  it('tells a lack of it to who asked, though others ask at the same time', async () => {
    const { device, raise, stack } = fakeDevice();
    const [freed, kept] = [vi.fn(), vi.fn()];
    const short = allocated(
      device,
      () => 'weights (7 MB)',
      () => raise('out-of-memory', 'no more'),
      freed,
    );
    const other = allocated(
      device,
      () => 'others',
      () => 5,
      kept,
    );
    await expect(short).rejects.toThrow('The GPU ran out of memory for weights (7 MB): no more');
    expect(await code(short)).toBe('gpu-memory');
    expect(await other).toBe(5);
    expect(freed).toHaveBeenCalledOnce();
    expect(kept).not.toHaveBeenCalled();
    expect(stack).toEqual([]);
  });

  it('frees what was made before something was refused, or thrown', async () => {
    const { device, raise, stack } = fakeDevice();
    const freed = vi.fn();
    const refused = allocated(
      device,
      () => 'a plan',
      () => raise('validation', 'too large'),
      freed,
    );
    await expect(refused).rejects.toThrow('WebGPU refused a plan: too large');
    const thrown = allocated(
      device,
      () => 'a plan',
      () => {
        throw new RangeError('invalid array length');
      },
      freed,
    );
    await expect(thrown).rejects.toThrow(RangeError);
    expect(freed).toHaveBeenCalledTimes(2);
    expect(stack).toEqual([]);
  });
});

it('what a dispatch binds is held against what the GPU takes in one piece', () => {
  const plan = new Plan({ most: { n: 2 ** 20 }, variant: likely });
  const [x, unused] = [plan.input('x', 'n', 4), plan.input('unused', 'n', 400)];
  plan.dispatch({
    label: 'reads x',
    kernel: { name: '', source: '', bindings: new Map(), dims: [], bySubgroups: false },
    entry: '',
    bind: { x },
    dims: {},
    grid: () => [1],
  });
  expect(unused.place).toBeNull();
  const limits = (maxStorageBufferBindingSize: number, maxBufferSize: number) => ({
    maxStorageBufferBindingSize,
    maxBufferSize,
  });
  expect(() => refuseLargeBindings(plan, limits(2 ** 24, 2 ** 30))).not.toThrow();
  for (const less of [limits(2 ** 23, 2 ** 30), limits(2 ** 30, 2 ** 23)])
    expect(() => refuseLargeBindings(plan, less)).toThrow(
      'x needs 16 MB in one piece, this GPU takes pieces of at most 8 MB',
    );
});
