// The worker's door: commands in, events out. Everything heavy happens behind it, off the page's thread.

import { reportError, StudioError } from '../core/errors.ts';
import { bytesOf } from '../core/memory-limit.ts';
import type { Command, Event } from '../protocol/messages.ts';
import { answerCost, warm } from './before-run.ts';
import { Gpu } from './gpu.ts';
import { Library, type Post } from './library.ts';
import { KeptRuns } from './kept-runs.ts';

const post: Post = (event: Event, transfer: Transferable[] = []) => self.postMessage(event, { transfer });

const library: Library = new Library(post, (files, onFile) => kept.formsOf(files, onFile));
const gpu = new Gpu(post);
// what one tab does to the kept runs the lists of the others show
const otherTabs = new BroadcastChannel('v-jepa-studio kept runs');
const kept = new KeptRuns(post, library, () => otherTabs.postMessage(null));
otherTabs.addEventListener('message', () => kept.look().catch(() => {})); // a list that cannot be read is told when this tab asks

/** Loaded with the first command that needs it, so that the page's first load stays small. */
class Later<T> {
  readonly #load: () => Promise<T>;
  #made: Promise<T> | null = null;
  /** null while it is not loaded */
  now: T | null = null;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get(): Promise<T> {
    return (this.#made ??= this.#load().then(
      (made) => (this.now = made),
      (error: unknown) => {
        this.#made = null; // a later try may find it, where the browser does not remember the failure
        throw notLoaded(error);
      },
    ));
  }

  /** Ahead of the command that needs it, which is told where it cannot be loaded. */
  ahead(): void {
    this.get().catch(() => {});
  }

  /** Nothing happens while it is not loaded. */
  ifLoaded(use: (made: T) => void): void {
    this.#made?.then(use, () => {}); // why it could not be loaded is told where it was asked for
  }
}

function notLoaded(error: unknown): StudioError {
  if (error instanceof StudioError) return error;
  const { message } = reportError(error);
  return new StudioError(
    'internal',
    `A part of the studio could not be loaded: ${message}`,
    'Look whether its server can be reached, then reload the page.',
  );
}

const training = new Later(() =>
  import('./training.ts').then(({ createTraining }) =>
    createTraining(post, library, gpu, kept, () => features.now?.runIsGone()),
  ),
);
const busy = (): boolean => training.now?.busy() ?? false;

const keeping = new Later(async () =>
  (await import('./keeping.ts')).createKeeping(post, library, gpu, kept, await training.get()),
);
const benchmarks = new Later(async () => new (await import('./benchmarks.ts')).Benchmarks(post, library, gpu, busy));
const evaluation = new Later(
  async () => new (await import('./evaluation.ts')).Evaluation(post, library, gpu, await training.get(), kept),
);
const looking = new Later(
  async () => new (await import('./looking.ts')).Looking(post, library, gpu, await training.get()),
);
const features = new Later(
  async () => new (await import('./looking-features.ts')).FeatureLooking(post, library, gpu, await training.get()),
);
const pretrained = new Later(async () => new (await import('./pretrained.ts')).Pretrained(post, library));
const branching = new Later(
  async () => new (await import('./branching.ts')).Branching(post, library, gpu, kept, await training.get()),
);
const replaying = new Later(
  async () => new (await import('./replaying.ts')).Replaying(post, library, gpu, kept, await training.get()),
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
    case 'limitMemory':
      gpu.budgetBytes = bytesOf(command.limit);
      return;
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
      if (busy()) return;
      await warm(gpu, command);
      return training.ahead();
    case 'start':
    case 'pause':
    case 'resume':
    case 'step':
    case 'slowly':
    case 'change':
    case 'check':
    case 'probeEvery':
    case 'stop':
    case 'save':
    case 'autosave':
    case 'map':
      return (await training.get()).handle(command);
    case 'branch':
      return (await branching.get()).branch(command);
    case 'replay':
      return (await replaying.get()).replay(command);
    case 'look':
      return kept.look();
    case 'restore':
    case 'describeRun':
    case 'readRun':
    case 'exportRun':
    case 'importRun':
      return (await keeping.get())(command);
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
    post(command.type === 'benchmark' ? { type: 'jobFailed', jobId, error } : { type: 'problem', error });
    post({ type: 'jobDone', jobId, cancelled: false });
  } else post({ type: 'problem', error });
}

self.addEventListener('message', (message: MessageEvent<Command>) => {
  handle(message.data).catch((error: unknown) => fail(message.data, error));
});
