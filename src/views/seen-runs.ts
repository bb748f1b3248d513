// The runs of the screen: those that are kept, and the one on the page with its numbers as they come.

import type { ErrorReport } from '../core/errors.ts';
import { calledRun } from '../core/run-name.ts';
import type { RunStyle } from '../core/run-style.ts';
import type { KeptRun, RunOutline } from '../protocol/keeping.ts';
import { useHealth } from '../store/health.ts';
import { useKeep } from '../store/keep.ts';
import { useRuns } from '../store/runs.ts';
import { useStudio } from '../store/studio.ts';

/** A run with what is known of it. */
export interface SeenRun {
  runId: string;
  name: string;
  style: RunStyle;
  /** null: not kept yet */
  kept: KeptRun | null;
  /** null: not read yet */
  outline: RunOutline | null;
  problem: ErrorReport | null;
  /** on the page, with its numbers as they come */
  live: boolean;
}

const unstyled: RunStyle = { colour: 0, dash: 0 };

/** Every run, newest first: those that are kept, and the one on the page. */
export function useSeenRuns(): SeenRun[] {
  const runs = useKeep((s) => s.runs);
  const live = useStudio((s) => s.run);
  const health = useHealth();
  const read = useRuns((s) => s.read);
  const unread = useRuns((s) => s.unread);
  const styles = useRuns((s) => s.styles);
  const fresh: RunOutline | null = live?.metrics.length
    ? {
        runId: live.runId,
        config: live.config,
        changes: live.changes,
        clips: read[live.runId]?.clips ?? null,
        parent: live.parent,
        step: live.step,
        savedAt: 0,
        adapter: live.adapter ?? 'unknown',
        metrics: live.metrics,
        health: health.runId === live.runId ? health.rows : [],
      }
    : null;
  const seen = runs.map((kept): SeenRun => ({
    runId: kept.runId,
    name: calledRun(kept.runId, kept.note.name),
    style: styles.get(kept.runId) ?? unstyled,
    kept,
    outline: fresh?.runId === kept.runId ? fresh : (read[kept.runId] ?? null),
    problem: unread[kept.runId] ?? null,
    live: fresh?.runId === kept.runId,
  }));
  if (!fresh || seen.some((run) => run.live)) return seen;
  const { runId } = fresh;
  const name = calledRun(runId, '');
  const style = styles.get(runId) ?? unstyled;
  return [{ runId, name, style, kept: null, outline: fresh, problem: null, live: true }, ...seen];
}
