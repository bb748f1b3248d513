// The encoder that came as a file: choosing it, what it is, what must be known of its input, and how it goes.

import { FileUp } from 'lucide-react';
import { byteSize } from '../core/byte-size.ts';
import { sizesText } from '../core/encoder-graph.ts';
import { type InputOrder, inputSizes, least, mostOf, type Normalisation } from '../core/input-layout.ts';
import {
  cancelEncoding,
  changeLayout,
  confirmLayout,
  encodeShown,
  layoutProblem,
  patchPretrained,
  removeEncoder,
  takeEncoder,
  usePretrained,
} from '../store/pretrained.ts';
import { useStudio } from '../store/studio.ts';
import { ChoiceField, Fact, NumberField } from './fields.tsx';
import { count } from './numbers.ts';
import { FileButton } from './FileButton.tsx';
import { Panel } from './Panel.tsx';

const orderNames: Record<InputOrder, string> = {
  BCTHW: 'batch, colours, time, height, width',
  BTCHW: 'batch, time, colours, height, width',
  BCHW: 'pictures, one at a time',
};

const rangeNames: Record<Normalisation, string> = {
  imagenet: 'mean and deviation of ImageNet',
  unit: '0 to 1',
  signed: '−1 to 1',
  bytes: '0 to 255',
};

const seenNames = { frames: 'every shown frame', tubelets: 'the middle one of each tubelet' } as const;

export function PretrainedPanel() {
  const view = usePretrained();
  const { encoder, reading, error } = view;
  return (
    <Panel title="Pretrained encoder" note={encoder?.name ?? ''}>
      {!encoder && !reading && (
        <p className="faint small">
          Drop the ONNX file of a V-JEPA, V-JEPA 2, DINO, VideoMAE or similar patch encoder. It stays on this device and
          needs no WebGPU.
        </p>
      )}
      {reading && (
        <p role="status" className="small">
          Reading {reading}
        </p>
      )}
      {error && (
        <div className="notice notice-bad small" role="alert" data-testid="pretrained-error">
          <p>
            <strong>{error.message}</strong> {error.advice}
          </p>
          <button type="button" className="link" onClick={() => patchPretrained({ error: null })}>
            Dismiss
          </button>
        </div>
      )}
      {encoder && <Facts />}
      {encoder && (view.asking ? <Questions /> : <Work />)}
      <div className="row wrap">
        <FileButton accept=".onnx" testId="pretrained-file" onFiles={([file]) => void takeEncoder(file)}>
          <FileUp size={16} aria-hidden="true" /> {encoder ? 'Another file…' : 'ONNX file…'}
        </FileButton>
        {encoder && (
          <button type="button" data-testid="pretrained-remove" onClick={removeEncoder}>
            Remove
          </button>
        )}
      </div>
    </Panel>
  );
}

function Facts() {
  const encoder = usePretrained((s) => s.encoder);
  if (!encoder) return null;
  const { graph } = encoder;
  const [patch] = graph.patches;
  return (
    <dl className="facts" data-testid="pretrained-facts">
      <Fact name="File" value={`${encoder.name}, ${byteSize(encoder.bytes)}`} />
      <Fact name="Parameters" value={count(graph.parameters)} />
      <Fact name="Takes" value={`${sizesText(graph.inputs[0].sizes)}, ${graph.inputs[0].type}`} />
      {patch && <Fact name="Patches" value={sizesText(patch)} />}
      <Fact name="Written by" value={`${graph.producer || 'unknown'}, opset ${graph.opset}`} />
    </dl>
  );
}

const choice = <T extends string>(names: Record<T, string>, values: readonly NoInfer<T>[]) =>
  values.map((value) => ({ value, label: names[value] }));

/** What the graph does not say. Answered once: the file is known again by its fingerprint. */
function Questions() {
  const view = usePretrained();
  const { encoder, layout } = view;
  if (!encoder || !layout) return null;
  const { asked, notes, outputs } = encoder.proposal;
  const problem = layoutProblem(view) ?? undefined;
  const sizes = encoder.graph.inputs[0].sizes;
  const possible = (['BCTHW', 'BTCHW', 'BCHW'] as const).filter((o) => !sizes || sizes.length === o.length);
  return (
    <form
      className="pretrained-questions"
      data-testid="pretrained-questions"
      onSubmit={(event) => {
        event.preventDefault();
        confirmLayout();
      }}
    >
      <p className="small">The file does not say all of this. It is asked for once.</p>
      {notes.map((note) => (
        <p key={note} className="warn small">
          {note}
        </p>
      ))}
      {asked.includes('order') && (
        <ChoiceField
          label="Input"
          field="pretrained.order"
          value={layout.order}
          options={choice(orderNames, possible)}
          onChange={(order) => changeLayout({ order })}
        />
      )}
      {asked.includes('side') && (
        <NumberField
          label="Side, pixels"
          field="pretrained.side"
          value={layout.side}
          min={least.side}
          max={mostOf.side}
          onChange={(side) => changeLayout({ side })}
        />
      )}
      {asked.includes('frames') && layout.order !== 'BCHW' && (
        <NumberField
          label="Frames"
          field="pretrained.frames"
          value={layout.frames}
          min={least.frames}
          max={mostOf.frames}
          onChange={(frames) => changeLayout({ frames })}
        />
      )}
      <ChoiceField
        label="Colours"
        field="pretrained.normalisation"
        value={layout.normalisation}
        options={choice(rangeNames, ['imagenet', 'unit', 'signed', 'bytes'])}
        onChange={(normalisation) => changeLayout({ normalisation })}
        testId="pretrained-colours"
      />
      {layout.order === 'BCHW' && (
        <ChoiceField
          label="Pictures"
          field="pretrained.pictures"
          value={layout.pictures}
          options={choice(seenNames, ['tubelets', 'frames'])}
          onChange={(pictures) => changeLayout({ pictures })}
        />
      )}
      {outputs.length > 1 && (
        <ChoiceField
          label="Tokens"
          field="pretrained.output"
          value={layout.output}
          options={outputs.map((value) => ({ value, label: value }))}
          onChange={(output) => changeLayout({ output })}
        />
      )}
      {problem && (
        <p className="field-problem" data-testid="pretrained-problem">
          {problem}
        </p>
      )}
      <button type="submit" className="primary" disabled={problem !== undefined} data-testid="pretrained-confirm">
        Read features
      </button>
    </form>
  );
}

/** How the clip goes in, and the button that sends it. */
function Work() {
  const { layout, job, remembered } = usePretrained();
  const progress = useStudio((s) => (job ? s.jobs[job] : undefined));
  const there = useStudio((s) => s.viewed !== null);
  if (!layout) return null;
  return (
    <>
      <p className="small">
        {sizesText(inputSizes(layout))}, colours {rangeNames[layout.normalisation]}
        {layout.order === 'BCHW' && `, ${seenNames[layout.pictures]}`}, tokens from {layout.output}.{' '}
        {remembered && <span className="faint">As answered before.</span>}{' '}
        <button
          type="button"
          className="link"
          data-testid="pretrained-change"
          onClick={() => patchPretrained({ asking: true })}
        >
          Change…
        </button>
      </p>
      {job ? (
        <div className="progress" data-testid="pretrained-job">
          <span className="unseen" role="status">
            {progress?.stage ?? 'Waiting'}
          </span>
          <span>
            {progress?.stage ?? 'Waiting'}
            {progress && progress.total > 1 && ` ${progress.done + 1} of ${progress.total}`}
          </span>
          <button type="button" className="link" onClick={cancelEncoding}>
            Cancel
          </button>
          <progress
            value={progress && progress.total > 1 ? progress.done / progress.total : undefined}
            max={1}
            aria-label={progress?.stage ?? 'Waiting'}
          />
        </div>
      ) : (
        <button
          type="button"
          className="primary"
          disabled={!there}
          data-testid="pretrained-read"
          onClick={() => void encodeShown()}
        >
          Read features
        </button>
      )}
    </>
  );
}
