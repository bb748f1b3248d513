// The official numbers tell a wrong probe from a right one: mistakes that a reimplementation makes are planted here, and the
// comparison must refuse each of them.

import { describe, expect, it } from 'vitest';
import { trainArena, weight } from '../gpu/arena.ts';
import { layersOf } from '../model/block.ts';
import { classifierParameters, probeEps } from '../model/pooler.ts';
import { crossAttention, segmentTables } from '../ops/cross-attention.ts';
import { linear } from '../ops/linear.ts';
import { Comparison, listCases, loadCase, referenceFolder } from './reference.ts';
import { Bench, loadArena } from './reference/bench.ts';

const cross = 'pooler.cross_attention_block.';

/** Logits of the official probe case, made with one mistake or none. */
async function refused(mistake: 'none' | 'query normalised' | 'projection applied' | 'no residual'): Promise<boolean> {
  const folder = referenceFolder();
  const found = listCases(folder)
    .filter(({ kind }) => kind === 'probe')
    .map(({ file }) => loadCase(folder, file))
    .find(({ config }) => config.upstream === 'jepa' && config.depth === 1 && config.complete_block);
  if (!found) throw new Error('there is no official probe of depth 1');
  const c = found;
  const { dim, heads, classes } = c.config;
  const [B, N] = c.tensor('in/x').shape;
  const sizes = { dim, heads, depth: 1, completeBlock: true, mlpRatio: 4, classes, upstream: 'jepa' as const };
  const arena = await loadArena('probe', classifierParameters(sizes), c, 'w/', true);
  const bench = new Bench();
  trainArena(bench.plan, arena);
  const layers = layersOf(bench.plan, arena, 'probe', probeEps);
  const x = bench.input('x', B * N, dim, c.tensor('in/x').data);
  const tables = segmentTables(Array<number>(B).fill(N));
  const segments = {
    table: bench.table('segments', B, 2, tables.table),
    owner: bench.table('owner', B * N, 1, tables.owner),
  };
  const query = layers.weight('pooler.query_tokens');
  const asking = mistake === 'query normalised' ? layers.norm(`${cross}norm1`, query) : query;
  const kv = layers.linear(`${cross}xattn.kv`, layers.norm(`${cross}norm1`, x));
  const q = layers.linear(`${cross}xattn.q`, asking);
  const residual = mistake === 'no residual' ? null : query;
  let pooled = crossAttention(bench.plan, q, kv, residual, segments, heads, 'query');
  if (mistake === 'projection applied') {
    const parts = (['weight', 'bias'] as const).map((part) => weight(arena, `${cross}xattn.proj.${part}`));
    pooled = linear(bench.plan, pooled, parts[0], parts[1], { name: 'proj' });
  }
  const hidden = layers.linear(`${cross}mlp.fc1`, layers.norm(`${cross}norm2`, pooled), { gelu: true });
  pooled = layers.linear(`${cross}mlp.fc2`, hidden, { residual: pooled });
  const logits = layers.linear('linear', pooled);
  await bench.run();
  const comparison = new Comparison(c);
  comparison.compare('out/logits', await bench.read(logits));
  return comparison.failures.length > 0;
}

describe('planted errors', () => {
  it('the probe without a mistake passes', async () => expect(await refused('none')).toBe(false));

  it.each(['query normalised', 'projection applied', 'no residual'] as const)('%s fails', async (mistake) =>
    expect(await refused(mistake)).toBe(true),
  );
});
