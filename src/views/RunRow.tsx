// One run of the list: its line, name and place, how it stands, and what it does differently.

import { byteSize } from '../core/byte-size.ts';
import type { HealthRow } from '../core/health-row.ts';
import { healthVerdict, thresholds } from '../core/health-verdict.ts';
import { nameSome } from '../core/numbered.ts';
import { memo, useEffect, useRef } from 'react';
import type { RunConfig } from '../core/config.ts';
import { valueAt } from '../core/run-curves.ts';
import { changesLine, differenceLine, differences } from '../core/run-difference.ts';
import type { ClipRef } from '../protocol/messages.ts';
import { mostName, mostNotes } from '../core/run-note.ts';
import { describeRun } from '../store/keep.ts';
import { showRuns, useRuns } from '../store/runs.ts';
import { short } from './numbers.ts';
import { HealthBadge } from './HealthBadge.tsx';
import { Swatch } from './RunValues.tsx';
import { ReplayButton } from './ReplayButton.tsx';
import { brokenWords } from './run-obstacles.ts';
import { RunActions } from './RunActions.tsx';
import { curveOfRun, lossOfRun, strokeOf } from './run-lines.ts';
import { tellClips } from './run-clips.ts';
import type { SeenRun } from './seen-runs.ts';
import { ago, useNow } from './time-ago.ts';
import { WrittenField } from './WrittenField.tsx';
import './health.css';

/** What a run is compared with. */
export interface Beside {
  name: string;
  config: RunConfig;
  /** null: not known, or the same */
  clips: ClipRef[] | null;
  /** the step after which the run branched off it; null where it did not */
  branchedAt: number | null;
  /** why its numbers may differ though its settings do not; null where they are all there is to it */
  way: string | null;
}

interface Props {
  run: SeenRun;
  beside: Beside | null;
}

const fieldsOfBeside = ['name', 'config', 'clips', 'branchedAt', 'way'] as const;
const fieldsOfRun = ['name', 'style', 'kept', 'outline', 'problem', 'live'] as const;

/** While a run trains only its own row changes. */
export const RunRow = memo(
  Row,
  (a, b) =>
    fieldsOfBeside.every((f) => a.beside?.[f] === b.beside?.[f]) && fieldsOfRun.every((f) => a.run[f] === b.run[f]),
);

function Row({ run, beside }: Props) {
  const { runId, name, style, kept, outline, problem } = run;
  const note = kept?.note;
  const compared =
    outline && beside && ([outline.config, beside.config, tellClips(outline.clips), tellClips(beside.clips)] as const);
  const broken = kept && brokenWords(kept.note.broke, Math.max(kept.step, outline?.step ?? 0));
  const changes = outline && changesLine(outline.changes);
  const inherited = outline?.parent && changesLine(outline.parent.changes);
  useEffect(() => () => unpoint(runId), [runId]); // a row that goes away hears nothing of the pointer
  const row = useRef<HTMLLIElement>(null);
  return (
    <li
      ref={row}
      className="run-row"
      data-testid="run-row"
      data-run={runId}
      data-hidden={note?.hidden}
      onPointerEnter={() => showRuns({ pointed: runId })}
      onPointerLeave={() => unpoint(runId)}
      onFocus={() => showRuns({ pointed: runId })}
      onBlur={() => unpoint(runId)}
    >
      <div className="row">
        <Swatch {...strokeOf(style)} />
        {note ? (
          <WrittenField
            label={`Name of ${name}`}
            className="run-name"
            value={note.name}
            placeholder={name}
            most={mostName}
            onWrite={(written) => void describeRun(runId, { name: written })}
          />
        ) : (
          <b className="run-name">{name}</b>
        )}
        <Loss run={run} />
      </div>
      <Place run={run} />
      {outline && <Verdict rows={outline.health} over={outline.step >= (kept?.total ?? Infinity)} />}
      {broken && (
        <p className="warn small" data-testid="run-broken">
          {broken}
        </p>
      )}
      {compared && (
        <p className="small" data-testid="run-difference" title={differences(...compared).join('\n')}>
          <span className="faint">
            {beside.branchedAt === null
              ? `beside ${beside.name}:`
              : `branched off ${beside.name} after step ${beside.branchedAt}:`}
          </span>{' '}
          {differenceLine(...compared)}
          {beside.way && <span className="faint"> ({beside.way})</span>}
        </p>
      )}
      {inherited && (
        <p className="small" data-testid="run-inherited">
          <span className="faint">changed before it branched off:</span> {inherited}
        </p>
      )}
      {changes && (
        <p className="small" data-testid="run-changed">
          <span className="faint">changed on the way:</span> {changes}
        </p>
      )}
      {kept && kept.missing.length > 0 && !run.live && (
        <p className="warn small">
          It needs {nameSome(kept.missing.map((f) => f.name))}: drop {kept.missing.length === 1 ? 'it' : 'them'} on the
          page.
        </p>
      )}
      {problem && (
        <p className="warn small">
          {problem.message} {problem.advice}
        </p>
      )}
      {note && kept && (
        <>
          <details className="run-notes small">
            <summary>{note.notes ? note.notes.split('\n')[0].slice(0, 100) : 'Notes and group'}</summary>
            <WrittenField
              label={`Notes on ${name}`}
              value={note.notes}
              placeholder="What was tried, what was seen"
              most={mostNotes}
              lines={3}
              onWrite={(notes) => void describeRun(runId, { notes })}
            />
            <WrittenField
              label={`Group of ${name}`}
              value={note.group}
              placeholder="Group"
              most={mostName}
              list="run-groups"
              onWrite={(group) => {
                void describeRun(runId, { group });
                // it goes to its new group
                requestAnimationFrame(() => row.current?.scrollIntoView({ block: 'nearest' }));
              }}
            />
          </details>
          <RunActions run={run} />
          {!run.live && <ReplayButton run={kept} name={name} />}
        </>
      )}
    </li>
  );
}

/** What its checks come to, once there are enough of them. */
function Verdict({ rows, over }: { rows: readonly HealthRow[]; over: boolean }) {
  const last = rows.at(-1);
  if (!last || rows.length <= thresholds.leastRows) return null;
  const { state, evidence } = healthVerdict(rows, undefined, over);
  return (
    <p className="small" title={evidence} data-testid="run-verdict">
      <HealthBadge state={state} /> <span className="faint">at step {last.step}</span>
    </p>
  );
}

function unpoint(runId: string): void {
  if (useRuns.getState().pointed === runId) showRuns({ pointed: null });
}

/** The loss at the crosshair, otherwise the newest. */
function Loss({ run: { outline, kept } }: { run: SeenRun }) {
  const cursor = useRuns((s) => s.cursor);
  const along = useRuns((s) => s.along);
  let value = kept?.loss ?? null;
  if (outline) {
    const curve = curveOfRun(outline, lossOfRun, along);
    const end = curve.x.at(-1) ?? 0;
    value = cursor === null ? (curve.y.at(-1) ?? null) : cursor > end ? null : valueAt(curve, cursor);
  }
  return (
    <span className="run-loss" data-testid="run-loss">
      <span className="unseen">loss </span>
      {value === null ? '–' : short(value, 4)}
    </span>
  );
}

function Place({ run: { kept, outline, live } }: { run: SeenRun }) {
  const now = useNow();
  const preset = outline?.config.preset ?? kept?.preset;
  const step = live && outline ? outline.step : kept?.step;
  const total = kept ? ` of ${kept.total}` : '';
  const parts = [
    `${preset}, step ${step}${total}`,
    live
      ? 'on this page'
      : kept?.elsewhere
        ? 'open in another tab'
        : kept && ago(kept.savedAt, Math.max(now, kept.savedAt)),
    kept ? byteSize(kept.bytes) : 'not kept yet',
    kept && kept.note.pinned !== null && `step ${kept.note.pinned} pinned`,
    kept?.note.hidden && 'hidden',
  ];
  return <p className="small faint">{parts.filter(Boolean).join(', ')}</p>;
}
