// The list of runs, in their groups; each with what it was set to do differently.

import { Eye, EyeOff, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import { numbered } from '../core/numbered.ts';
import { runName } from '../core/run-name.ts';
import { isActive } from '../store/actions.ts';
import { describeRun, remove, useKeep } from '../store/keep.ts';
import { showRuns, useRuns } from '../store/runs.ts';
import { useStudio } from '../store/studio.ts';
import { deleteObstacle, noteObstacle } from './run-obstacles.ts';
import { type Beside, RunRow } from './RunRow.tsx';
import type { SeenRun } from './seen-runs.ts';

/** What a run is compared with: the run that it branched off, as it was there, or the one of the list that was saved before it. */
function besideOf(run: SeenRun, seen: readonly SeenRun[], listed: readonly SeenRun[]): Beside | null {
  const parent = run.outline?.parent;
  if (parent) {
    // it may be deleted: the branch knows what it was set to; its clips are the same
    const name = seen.find((other) => other.runId === parent.runId)?.name ?? runName(parent.runId);
    return { name, config: parent.config, clips: null, branchedAt: parent.step, way: null };
  }
  const before = listed.slice(listed.indexOf(run) + 1).find((other) => other.outline !== null);
  if (!before?.outline) return null;
  const { config, clips, parent: origin, changes } = before.outline;
  const alike = JSON.stringify(changes) === JSON.stringify(run.outline?.changes ?? []);
  const changed = changes.length > 0 && !alike;
  const ways = [...(origin ? ['is a branch'] : []), ...(changed ? ['was changed on its way'] : [])];
  const way = ways.length ? `that one ${ways.join(' and ')}` : null;
  return { name: before.name, config, clips, branchedAt: null, way };
}

export function RunsList({ seen, listed }: { seen: readonly SeenRun[]; listed: readonly SeenRun[] }) {
  const hiddenToo = useRuns((s) => s.hiddenToo);
  const looking = useKeep((s) => s.offered === undefined);
  const hidden = seen.filter((run) => run.kept?.note.hidden).length;
  const groups = useMemo(() => grouped(listed), [listed]);
  const named = groups.some(({ name }) => name !== '');
  return (
    <>
      <div className="row runs-head">
        <h2>Runs</h2>
        <span className="faint">{seen.length || (looking ? 'looking…' : 'none yet')}</span>
        {hidden > 0 && (
          <label className="row small runs-hidden">
            <input
              type="checkbox"
              checked={hiddenToo}
              onChange={(event) => showRuns({ hiddenToo: event.target.checked })}
            />{' '}
            {hidden} hidden too
          </label>
        )}
      </div>
      <datalist id="run-groups">{groups.map(({ name }) => name && <option key={name} value={name} />)}</datalist>
      {/* one list for all groups: a row that is given another one keeps what is open in it, and the focus */}
      <ul className="runs-rows" aria-label="Runs">
        {groups.flatMap(({ name, runs }) => [
          named && (
            <li key={`group ${name}`} className="runs-group">
              <GroupHead name={name} runs={runs} />
            </li>
          ),
          ...runs.map((run) => <RunRow key={run.runId} run={run} beside={besideOf(run, seen, listed)} />),
        ])}
      </ul>
    </>
  );
}

/** Name of a group, and what can be done with all of its listed runs at once. Those that are open elsewhere or train are left. */
function GroupHead({ name, runs }: { name: string; runs: readonly SeenRun[] }) {
  const busy = useStudio((s) => isActive(s.run));
  const opening = useKeep((s) => s.opening !== null);
  const those = (can: (run: SeenRun, kept: NonNullable<SeenRun['kept']>) => boolean) =>
    runs.filter((run) => run.kept !== null && can(run, run.kept));
  const free = those((_, kept) => noteObstacle(kept) === null);
  const shown = free.filter((run) => !run.kept?.note.hidden);
  const gone = those((run, kept) => deleteObstacle(kept, { busy, opening, live: run.live }) === null);
  const all = name ? `the group ${name}` : 'runs without a group';
  const button = (verb: string, Icon: typeof Eye, of: readonly SeenRun[], work: (runId: string) => Promise<void>) => (
    <button
      type="button"
      className="icon"
      aria-label={`${verb} ${all}`}
      title={of.length ? `${verb} ${numbered(of.length, 'run')}` : 'Its runs train, or are open in another tab'}
      disabled={!of.length}
      onClick={() => of.forEach(({ runId }) => void work(runId))}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
  return (
    <div className="row">
      <h3>{name || 'No group'}</h3>
      {shown.length || !free.length
        ? button('Hide', EyeOff, shown, (runId) => describeRun(runId, { hidden: true }))
        : button('Show', Eye, free, (runId) => describeRun(runId, { hidden: false }))}
      {button('Delete', Trash2, gone, remove)}
    </div>
  );
}

/** Groups by name, what has none last; names that differ in capitals alone are one, called as it first comes up. */
function grouped(runs: readonly SeenRun[]): { name: string; runs: SeenRun[] }[] {
  const groups = new Map<string, { name: string; runs: SeenRun[] }>();
  for (const run of runs) {
    const name = run.kept?.note.group ?? '';
    const known = groups.get(name.toLowerCase());
    if (known) known.runs.push(run);
    else groups.set(name.toLowerCase(), { name, runs: [run] });
  }
  return [...groups.values()].sort((a, b) => Number(!a.name) - Number(!b.name) || a.name.localeCompare(b.name));
}
