// The open chapter of the lesson, under the stage in letters for a room; turned by a presenter's keys.

import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { nameSome } from '../core/numbered.ts';
import { borrowStudio, disturbs } from '../store/lesson-run.ts';
import { chapters, enterChapter, leaveLesson, turn } from '../store/lesson.ts';
import { openScreen } from '../store/screen.ts';
import { patch, useStudio } from '../store/studio.ts';
import { coverTargets } from './covered.ts';
import { focusIsLost, useFocusBack } from './focus.ts';
import { isPageKey, useKeydown } from './page-keys.ts';
import './lesson.css';

/** Where the keyboard goes on when it came in by the address. */
const openScreenLink = () => document.querySelector<HTMLElement>('.screens a[aria-current]');

/** What a presenter's remote sends, and Escape. */
function hearLessonKey(event: KeyboardEvent): void {
  // a step in slow motion closes first
  if (event.key === 'Escape' && !event.defaultPrevented && isPageKey(event)) openScreen(useStudio.getState().screen);
  else if (event.key !== 'PageDown' && event.key !== 'PageUp') return;
  else turn(event.key === 'PageDown' ? 1 : -1);
  event.preventDefault();
}

/** Why a file that came meanwhile is no clip: the list that says it otherwise is not for the room. */
function Refused() {
  const failures = useStudio((s) => s.failures);
  const leftOut = useStudio((s) => s.leftOut.noVideo);
  const [before] = useState({ failures, leftOut });
  const told = failures.filter((f) => !before.failures.includes(f)).map(({ error }) => error.message);
  const names = leftOut.filter((name) => !before.leftOut.includes(name));
  if (names.length) told.push(`No video: ${nameSome(names)}`);
  return told.length > 0 && <p className="warn">{told.map((line) => `${line.replace(/\.$/, '')}.`).join(' ')}</p>;
}

export default function Lesson({ chapter }: { chapter: number }) {
  const device = useStudio((s) => s.device);
  const disturbed = useStudio(disturbs);
  const { title, text, question, gpu } = chapters[chapter];
  const screen = useStudio((s) => s.screen);
  useEffect(() => {
    borrowStudio();
    return leaveLesson;
  }, []);
  useEffect(() => void enterChapter(chapter), [chapter]);
  const asks = chapter === 0;
  useEffect(() => {
    patch({ cover: asks ? coverTargets : null });
    return () => patch({ cover: null });
  }, [asks]);
  useFocusBack();
  useEffect(() => () => void (focusIsLost() && openScreenLink()?.focus()), []);
  useKeydown(hearLessonKey);
  return (
    <section className="lesson" aria-label="Lesson" data-testid="lesson" data-chapter={chapter + 1}>
      <div role="status">
        <h2>
          {title}{' '}
          <span className="faint">
            {chapter + 1} of {chapters.length}
          </span>
        </h2>
        <p>{text}</p>
        <p className="lesson-question">{question}</p>
        {disturbed && (
          <p className="warn">
            A run of yours is on. From chapter 4 on the lesson puts others in its place; it is kept, and back when the
            lesson ends.
          </p>
        )}
        <Refused />
        {gpu && device.kind === 'none' && (
          <p className="warn" data-testid="lesson-no-gpu">
            This chapter needs WebGPU. {device.error.message} The stored run is shown instead where there is one.
          </p>
        )}
      </div>
      <div className="row">
        <button type="button" aria-disabled={chapter === 0} title="Page up" onClick={() => turn(-1)}>
          <ChevronLeft size={16} aria-hidden="true" /> Back
        </button>
        <button
          type="button"
          className="primary"
          aria-disabled={chapter === chapters.length - 1}
          title="Page down"
          data-testid="lesson-next"
          onClick={() => turn(1)}
        >
          Next <ChevronRight size={16} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="icon"
          aria-label="End the lesson"
          title="End the lesson (Esc)"
          onClick={() => openScreen(screen)}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </div>
    </section>
  );
}
