// What do the frozen features know? What is asked on the left, how on the right, the answer between them.

import { useEffect } from 'react';
import { useEvaluation } from '../store/evaluate.ts';
import { askAboutOwn } from '../store/evaluation-own.ts';
import { EvaluateData } from './EvaluateData.tsx';
import { EvaluateHow } from './EvaluateHow.tsx';
import { EvaluateResults } from './EvaluateResults.tsx';
import { EvaluateRun } from './EvaluateRun.tsx';
import { PaperTables } from './PaperTables.tsx';
import { Problem } from './Problem.tsx';
import { ReceivedFiles } from './ReceivedFiles.tsx';
import { RecordedExperiments } from './RecordedExperiments.tsx';
import './evaluate.css';

export default function EvaluateView() {
  useEffect(askAboutOwn, []);
  const listed = useEvaluation((s) => s.choices.data === 'library');
  return (
    <>
      <aside className="side side-left side-evaluate" aria-label="What is asked">
        <EvaluateData />
      </aside>
      <main className="stage evaluate">
        <Problem />
        {!listed && <ReceivedFiles beside />}
        <EvaluateRun />
        <EvaluateResults />
        <RecordedExperiments />
        <PaperTables />
      </main>
      <aside className="side side-right" aria-label="How it is asked">
        <EvaluateHow />
      </aside>
    </>
  );
}
