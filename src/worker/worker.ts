// The worker's door: commands in, events out. Everything heavy happens behind it, off the page's thread.

import { reportError } from '../core/errors.ts';
import type { Command, Event } from '../protocol/messages.ts';
import { answerCost, warm } from './before-run.ts';
import { Gpu } from './gpu.ts';
import { Library, type Post } from './library.ts';
import { createKeeping } from './keeping.ts';
import { KeptRuns } from './kept-runs.ts';
import { createTraining } from './training.ts';

const post: Post = (event: Event, transfer: Transferable[] = []) => self.postMessage(event, { transfer });

const library: Library = new Library(post, (files, onFile) => kept.formsOf(files, onFile));
const gpu = new Gpu(post);
const kept = new KeptRuns(post, library);
const training = createTraining(post, library, gpu, kept);
const keeping = createKeeping(post, library, gpu, kept, training);

/** Loaded with the first command that needs it, so that the page's first load stays small. */
class Later<T> {
  readonly #load: () => Promise<T>;
  #made: Promise<T> | null = null;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get(): Promise<T> {
    return (this.#made ??= this.#load().catch((error: unknown) => {
      this.#made = null; // a later try may find it
      throw error;
    }));
  }

  /** Nothing happens while it is not loaded. */
  ifLoaded(use: (made: T) => void): void {
    this.#made?.then(use, () => {}); // why it could not be loaded is told where it was asked for
  }
}

const benchmarks = new Later(() =>
  import('./benchmarks.ts').then(({ Benchmarks }) => new Benchmarks(post, library, gpu, training.busy)),
);
const evaluation = new Later(() =>
  import('./evaluation.ts').then(({ Evaluation }) => new Evaluation(post, library, gpu, training, kept)),
);
const looking = new Later(() =>
  import('./looking.ts').then(({ Looking }) => new Looking(post, library, gpu, training)),
);
const features = new Later(() =>
  import('./looking-features.ts').then(({ FeatureLooking }) => new FeatureLooking(post, library, gpu, training)),
);
const pretrained = new Later(() => import('./pretrained.ts').then(({ Pretrained }) => new Pretrained(post, library)));

const branching = new Later(() =>
  import('./branching.ts').then(({ Branching }) => new Branching(post, library, gpu, kept, training)),
);
const replaying = new Later(() =>
  import('./replaying.ts').then(({ Replaying }) => new Replaying(post, library, gpu, kept, training)),
);

const cancellable: readonly Later<{ cancel: (jobId: string) => void }>[] = [
  evaluation,
  benchmarks,
  looking,
  replaying,
  features,
  pretrained,
];

async function handle(command: Command): Promise<void> {
  switch (command.type) {
    case 'addFiles':
      return library.addFiles(command);
    case 'addProcedural':
      return library.addProcedural(command);
    case 'removeClip':
      return library.remove(command);
    case 'labelClips':
      return library.label(command);
    case 'cancel':
      for (const loaded of cancellable) loaded.ifLoaded((made) => made.cancel(command.jobId));
      return library.cancel(command);
    case 'readClip':
      return library.readClip(command);
    case 'open':
      return gpu.open();
    case 'useVariant':
      return gpu.choose(command.variant);
    case 'tune':
      return (await benchmarks.get()).tune(command);
    case 'timeStep':
      return (await benchmarks.get()).timeStep(command);
    case 'benchmark':
      return (await benchmarks.get()).benchmark(command);
    case 'evaluate':
      return (await evaluation.get()).evaluate(command);
    case 'lookWithProbe':
      return (await evaluation.get()).look(command);
    case 'errorVolume':
      return (await looking.get()).errorVolume(command);
    case 'surprise':
      return (await looking.get()).surprise(command);
    case 'physics':
      return (await looking.get()).physics(command);
    case 'readProvoked':
      return (await looking.get()).readProvoked(command);
    case 'featureMap':
      return (await features.get()).map(command);
    case 'nearTokens':
      return (await features.get()).near(command);
    case 'layerFeatures':
      return (await features.get()).layers(command);
    case 'openEncoder':
      return (await pretrained.get()).open(command);
    case 'encodeClip':
      return (await pretrained.get()).encode(command);
    case 'closeEncoder':
      return (await pretrained.get()).close(command);
    case 'cost':
      return answerCost(post, gpu, command);
    case 'warm':
      return training.busy() ? undefined : warm(gpu, command);
    case 'start':
    case 'pause':
    case 'resume':
    case 'step':
    case 'slowly':
    case 'change':
    case 'stop':
    case 'save':
    case 'autosave':
    case 'map':
      return training.handle(command);
    case 'branch':
      return (await branching.get()).branch(command);
    case 'replay':
      return (await replaying.get()).replay(command);
    case 'look':
    case 'restore':
    case 'describeRun':
    case 'readRun':
    case 'exportRun':
    case 'importRun':
      return keeping(command);
  }
  return command satisfies never;
}

/** A mistake of ours still reaches the page: as the answer to its command where that has a name, else as a problem. */
function fail(command: Command, thrown: unknown): void {
  const error = reportError(thrown);
  if ('requestId' in command) post({ type: 'requestFailed', requestId: command.requestId, error });
  else if (command.type === 'look') post({ type: 'keptFailed', error });
  else if ('runId' in command) post({ type: 'runState', runId: command.runId, state: 'failed', step: 0, error });
  else if (command.type === 'evaluate') post({ type: 'evaluationFailed', jobId: command.jobId, error });
  else if (command.type === 'open') post({ type: 'device', state: { kind: 'none', error } });
  else if ('jobId' in command) {
    const { jobId } = command;
    post({ type: 'clipFailed', jobId, clipId: '', name: 'Library', error });
    post({ type: 'jobDone', jobId, cancelled: false });
  } else post({ type: 'problem', error });
}

self.addEventListener('message', (message: MessageEvent<Command>) => {
  handle(message.data).catch((error: unknown) => fail(message.data, error));
});
