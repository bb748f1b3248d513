// A text that is written when one is done with it: on leaving the field, or with Enter in a single line. Escape takes back. The
// keyboard stays in the field: outside of it letters are keys of the page.

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';

interface Props {
  label: string;
  value: string;
  placeholder: string;
  most: number;
  /** more than one makes it a text of several lines */
  lines?: number;
  /** id of a datalist with what may be meant */
  list?: string;
  className?: string;
  onWrite: (value: string) => void;
}

export function WrittenField({ label, value, placeholder, most, lines = 1, list, className, onWrite }: Props) {
  const [text, setText] = useState<string | null>(null);
  const unwritten = useRef<(() => void) | null>(null);
  useEffect(() => {
    unwritten.current = text !== null && text !== value ? () => onWrite(text) : null;
  });
  // a screen, or the page, that goes away takes the focus from no field
  useEffect(() => {
    const write = () => unwritten.current?.();
    addEventListener('pagehide', write);
    return () => {
      removeEventListener('pagehide', write);
      write();
    };
  }, []);
  const done = () => {
    if (text !== null && text !== value) onWrite(text);
    setText(null);
  };
  const shared = {
    'aria-label': label,
    className,
    placeholder,
    maxLength: most,
    value: text ?? value,
    onBlur: done,
    onKeyDown: (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      if (event.nativeEvent.isComposing) return; // these keys are of the word that is being put together
      if (event.key === 'Escape') setText(null);
      else if (event.key === 'Enter' && lines === 1) done();
    },
  };
  return lines > 1 ? (
    <textarea {...shared} rows={lines} onChange={(event) => setText(event.target.value)} />
  ) : (
    <input {...shared} type="text" list={list} onChange={(event) => setText(event.target.value)} />
  );
}
