import { expect, it } from 'vitest';
import { bytesOf, type MemoryLimit, usualLimit } from '../core/memory-limit.ts';
import { preset, presetNames } from '../core/presets.ts';
import { type Variant, variants } from '../core/variant.ts';
import type { CostReport, Event } from '../protocol/messages.ts';
import { runMemory } from '../tasks/run-memory.ts';
import { answerCost, refuseUnkeepable } from './before-run.ts';

function costOf(config: ReturnType<typeof preset>, inForce: Variant, limit: MemoryLimit = usualLimit): CostReport {
  const events: Event[] = [];
  answerCost(
    (event) => events.push(event),
    { inForce, budgetBytes: bytesOf(limit) },
    { type: 'cost', requestId: 'c', config },
  );
  const [answer] = events;
  if (answer?.type !== 'cost') throw new Error('no cost was told');
  return answer.cost;
}

it('tells the memory that the kernels in force need: half of the activations where they are stored by halves', () => {
  const config = preset('tiny');
  const [single, half] = [costOf(config, variants.workgroup), costOf(config, variants['workgroup half'])];
  expect(single.memory).toEqual(runMemory(config, variants.workgroup));
  expect(half.memory).toEqual(runMemory(config, variants['workgroup half']));
  expect(half.memory.activations).toBeLessThan(0.75 * single.memory.activations);
  expect([single.warning, half.warning]).toEqual([null, null]);
});

it('does not call a run too large that fits by halves', () => {
  const config = preset('small');
  // the first batch that does not fit in single precision, though activations are made again
  while (costOf(config, variants.workgroup).warning === null) config.batchSize += 16;
  expect(costOf(config, variants.workgroup).warning).toMatch(
    /^This run needs \d+\.\d GB of GPU memory, the limit is 4\.0 GB/,
  );
  expect(costOf(config, variants['workgroup half']).warning).toBeNull();
  // nor where the user knows of more memory
  expect(costOf(config, variants.workgroup, 8).warning).toBeNull();
});

it('refuses a model whose checkpoint no browser could write, before it starts', () => {
  const words = /^A checkpoint of this run would have 4\.8 GB, and at most 1\.9 GB are written in one piece/;
  const large = preset('vit_large');
  expect(costOf(large, variants['workgroup half'], 64).warning).toMatch(words);
  expect(() => refuseUnkeepable(large)).toThrow(words);
  for (const name of presetNames) if (name !== 'vit_large') expect(() => refuseUnkeepable(preset(name))).not.toThrow();
});
