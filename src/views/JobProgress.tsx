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
  return (
    <>
      <span className="small">{stage}</span>
      <progress value={job?.total ? job.done / job.total : undefined} max={1} aria-label={stage} />
    </>
  );
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
