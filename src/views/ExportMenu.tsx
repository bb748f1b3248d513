// What can be taken away of something: a button, and under it the list.

import { Download } from 'lucide-react';
import { type ReactNode, useId, useRef } from 'react';
import './export-menu.css';

/** One thing to take; `note` says as what. Choosing it closes the list. */
type ExportItem = (name: string, note: string, work: () => void, off?: boolean) => ReactNode;

interface Props {
  /** of list and button in words */
  name?: string;
  /** the button is an icon of this size, without a word */
  icon?: number;
  /** pushed to the end of its line */
  end?: boolean;
  disabled?: boolean;
  testId?: string;
  /** before the list is seen, and when it closes */
  onToggle?: () => void;
  children: (item: ExportItem) => ReactNode;
}

export function ExportMenu({ name = 'Export', icon, end = false, disabled, testId, onToggle, children }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const item: ExportItem = (what, note, work, off = false) => (
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
        className={`${icon ? 'icon' : ''} ${end ? 'end' : ''}`.trim()}
        popoverTarget={id}
        disabled={disabled}
        aria-label={icon ? name : undefined}
        title={icon ? 'Export' : undefined}
        data-testid={testId}
      >
        <Download size={icon ?? 16} aria-hidden="true" />
        {!icon && ' Export'}
      </button>
      <div ref={box} id={id} className="popover menu" popover="auto" aria-label={name} onToggle={onToggle}>
        {children(item)}
      </div>
    </>
  );
}
