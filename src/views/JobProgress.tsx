// How far a job of the worker is, in a line of tools, and the way out of it.

import { useStudio } from '../store/studio.ts';

interface Props {
  jobId: string;
  /** what it is called until the worker says what it does */
  name: string;
  testId?: string;
  cancel: () => void;
}

export function JobBar({ jobId, name }: Pick<Props, 'jobId' | 'name'>) {
  const job = useStudio((s) => s.jobs[jobId]);
  const stage = job?.stage ?? name;
  // no text: a line of tools that breaks for it would move the pictures under it
  return <progress value={job?.total ? job.done / job.total : undefined} max={1} aria-label={stage} title={stage} />;
}

export function JobProgress({ jobId, name, testId, cancel }: Props) {
  return (
    <span className="progress-inline" role="status" data-testid={testId}>
      <JobBar jobId={jobId} name={name} />
      <button type="button" className="link small" onClick={cancel}>
        Cancel
      </button>
    </span>
  );
}
