// What is asked: which clips, which label, how they are divided, and the classes that this gives.

import { FileText } from 'lucide-react';
import { numbered } from '../core/numbered.ts';
import { choose, useEvaluation } from '../store/evaluate.ts';
import { drawnAxes, libraryAxes } from '../store/evaluation-request.ts';
import { receiveFiles } from '../store/receive-files.ts';
import { useStudio } from '../store/studio.ts';
import { ClipLibrary } from './ClipLibrary.tsx';
import { type Asked, problemOf, useAsked } from './evaluate-asked.ts';
import { ChoiceField, NumberField } from './fields.tsx';
import { FileButton } from './FileButton.tsx';
import { Panel } from './Panel.tsx';
import './tables.css';

export function EvaluateData() {
  const asked = useAsked();
  const data = useEvaluation((s) => s.choices.data);
  const files = useStudio((s) => s.clips.filter((c) => c.source === 'file').length);
  return (
    <>
      <Panel title="What is asked">
        <ChoiceField
          label="Clips"
          field="data"
          testId="evaluation-data"
          value={data}
          options={[
            { value: 'drawn', label: 'drawn by the studio' },
            { value: 'library', label: `my clips (${files})` },
          ]}
          onChange={(value) => choose({ data: value })}
        />
        {data === 'drawn' ? <DrawnClips asked={asked} /> : <MyClips asked={asked} />}
      </Panel>
      <Split asked={asked} />
      <Classes asked={asked} />
      {data === 'library' && <ClipLibrary />}
    </>
  );
}

/** What the recorded experiments found of a label, so that nobody takes a hopeless question for a bad run. */
const recordedOf: Readonly<Record<string, string>> = {
  direction:
    'The recorded runs of nano, tiny and small learned this: it is what a quick look asks unless you choose otherwise.',
  shape:
    'The recorded runs of nano, tiny and small stayed near chance at this, trained or not: choose direction to see them learn.',
};

function DrawnClips({ asked }: { asked: Asked }) {
  const drawn = useEvaluation((s) => s.choices.drawn);
  const change = (part: Partial<typeof drawn>) => choose({ drawn: { ...drawn, ...part } });
  return (
    <>
      <ChoiceField
        label="Label"
        field="axis"
        testId="evaluation-axis"
        value={drawn.axis}
        options={Object.entries(drawnAxes).map(([value, { length }]) => ({
          value,
          label: `${value}, ${length} classes`,
        }))}
        onChange={(axis) => change({ axis })}
      />
      {recordedOf[drawn.axis] && <p className="faint small">{recordedOf[drawn.axis]}</p>}
      <NumberField
        label="How many clips"
        field="clips"
        value={drawn.clips}
        min={16}
        max={4096}
        step={16}
        problem={problemOf(asked, 'clips')}
        onChange={(clips) => change({ clips })}
      />
      <NumberField
        label="Noise"
        field="noise"
        hint="Standard deviation of the pixel noise, as a share of white"
        value={drawn.noise}
        min={0}
        max={1}
        step={0.01}
        problem={problemOf(asked, 'noise')}
        onChange={(noise) => change({ noise })}
      />
      <ChoiceField
        label="Background"
        field="background"
        value={drawn.background}
        options={[
          { value: 'plain', label: 'plain grey' },
          { value: 'textured', label: 'a cloud with a distractor' },
        ]}
        onChange={(background) => change({ background })}
      />
      <NumberField
        label="Seed"
        field="drawnSeed"
        value={drawn.seed}
        min={0}
        problem={problemOf(asked, 'drawnSeed')}
        onChange={(seed) => change({ seed })}
      />
      <p className="faint small">
        Drawn for this question; pre-training never sees them. Labels are exact and balanced.
      </p>
    </>
  );
}

/** No label to keep together: nothing but the file. */
const byFile = ' by file';

function MyClips({ asked }: { asked: Asked }) {
  const library = useEvaluation((s) => s.choices.library);
  const labelFile = useEvaluation((s) => s.labelFile);
  const clips = useStudio((s) => s.clips);
  const axes = libraryAxes(clips);
  const known = axes.includes(library.axis) ? axes : [library.axis, ...axes];
  return (
    <>
      <ChoiceField
        label="Label"
        field="axis"
        testId="evaluation-axis"
        value={library.axis}
        options={known.map((axis) => ({ value: axis, label: axis === 'folder' ? 'name of the folder' : axis }))}
        onChange={(axis) => choose({ library: { ...library, axis } })}
      />
      <ChoiceField
        label="Kept whole"
        field="group"
        hint="Clips with the same value never stand on both sides of the split: the same person, place or recording"
        value={library.group ?? byFile}
        options={[
          { value: byFile, label: 'nothing but the file' },
          ...axes.filter((a) => a !== library.axis).map((a) => ({ value: a, label: `clips of one ${a}` })),
        ]}
        onChange={(group) => choose({ library: { ...library, group: group === byFile ? null : group } })}
      />
      <div className="row">
        <FileButton accept=".csv,text/csv" testId="label-file" onFiles={receiveFiles}>
          <FileText size={16} aria-hidden="true" /> Labels from a CSV…
        </FileButton>
      </div>
      {labelFile && (
        <div className="small" role="status" data-testid="label-file-note">
          <p>
            {labelFile.name} gives {numbered(labelFile.matched, 'clip')} {labelFile.matched === 1 ? 'its' : 'their'}{' '}
            label.
          </p>
          {labelFile.notes.map((note) => (
            <p key={note} className="warn">
              {note}
            </p>
          ))}
        </div>
      )}
      {problemOf(asked, 'axis') && <p className="field-problem">{problemOf(asked, 'axis')}</p>}
      <p className="faint small">
        The label is the folder a video came in, or what a CSV says: a path and a label a line, as the official code has
        it. Drop either anywhere.
      </p>
    </>
  );
}

function Split({ asked }: { asked: Asked }) {
  const split = useEvaluation((s) => s.choices.split);
  const change = (part: Partial<typeof split>) => choose({ split: { ...split, ...part } });
  const rest = 1 - split.train - split.validation;
  return (
    <Panel title="Split">
      <NumberField
        label="For training"
        field="split"
        value={split.train}
        min={0}
        max={1}
        step={0.05}
        problem={problemOf(asked, 'split')}
        onChange={(train) => change({ train })}
      />
      <NumberField
        label="For choosing"
        field="validation"
        hint="The epoch is chosen on these clips, never on the test"
        value={split.validation}
        min={0}
        max={1}
        step={0.05}
        onChange={(validation) => change({ validation })}
      />
      <NumberField
        label="Seed"
        field="splitSeed"
        value={split.seed}
        min={0}
        problem={problemOf(asked, 'splitSeed')}
        onChange={(seed) => change({ seed })}
      />
      {rest > 0 && (
        <p className="faint small">The rest, {Math.round(rest * 100)} %, is the test. It is looked at once.</p>
      )}
    </Panel>
  );
}

function Classes({ asked: { counts } }: { asked: Asked }) {
  const report = useEvaluation((s) => s.report);
  if (!counts.length) return null;
  return (
    <Panel title="Classes" note={`${counts.length}, as the split will have them`}>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Clips of every class">
        <table className="figures" data-testid="classes">
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">clips</th>
              <th scope="col">train</th>
              <th scope="col">choose</th>
              <th scope="col">test</th>
            </tr>
          </thead>
          <tbody>
            {counts.map((c) => (
              <tr key={c.name}>
                <th scope="row">{c.name}</th>
                <td>{c.clips}</td>
                <td>{c.train}</td>
                <td>{c.validation}</td>
                <td>{c.test}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report && <p className="faint small">The counts of the finished evaluation stand beside its results.</p>}
    </Panel>
  );
}
