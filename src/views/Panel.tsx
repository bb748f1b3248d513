// A part of a side column that can be folded; on a narrow page it begins folded, so that the views come first.

import { type ReactNode, useState } from 'react';

interface Props {
  title: string;
  /** said faintly beside the title */
  note?: string;
  /** whether it is open on a narrow page too */
  always?: boolean;
  children: ReactNode;
}

export function Panel({ title, note, always = false, children }: Props) {
  const [open, setOpen] = useState(() => always || matchMedia('(min-width: 900px)').matches);
  return (
    <details className="panel fold" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <h2>
          {title} {note && <span className="faint">{note}</span>}
        </h2>
      </summary>
      <div className="fold-body">{children}</div>
    </details>
  );
}
