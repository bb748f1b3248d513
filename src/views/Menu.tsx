// A button that opens a list of things to do, under itself.

import { type ReactNode, useId, useRef } from 'react';
import './menu.css';

/** One thing to do; `note` says what comes of it. Choosing it closes the list. */
export type MenuItem = (name: string, note: string, work: () => void, off?: boolean) => ReactNode;

interface Props {
  /** of list and button in words */
  name: string;
  /** what the button shows */
  face: ReactNode;
  /** the button shows an icon only */
  icon?: boolean;
  /** pushed to the end of its line */
  end?: boolean;
  disabled?: boolean;
  testId?: string;
  /** before the list is seen, and when it closes */
  onToggle?: () => void;
  children: (item: MenuItem) => ReactNode;
}

export function Menu({ name, face, icon = false, end = false, disabled, testId, onToggle, children }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const item: MenuItem = (what, note, work, off = false) => (
    <button
      key={`${what} ${note}`}
      type="button"
      disabled={off}
      onClick={() => {
        box.current?.hidePopover();
        work();
      }}
    >
      <span>{what}</span> <span className="faint small">{note}</span>
    </button>
  );
  return (
    <>
      <button
        type="button"
        className={`${icon ? 'icon' : ''} ${end ? 'end' : ''}`.trim() || undefined}
        popoverTarget={id}
        disabled={disabled}
        aria-label={icon ? name : undefined}
        title={icon ? 'Export' : undefined}
        data-testid={testId}
      >
        {face}
      </button>
      <div ref={box} id={id} className="popover menu" popover="auto" aria-label={name} onToggle={onToggle}>
        {children(item)}
      </div>
    </>
  );
}
