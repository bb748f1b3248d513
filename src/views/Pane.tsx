// A picture, with its title above it and its numbers below.

import type { ReactNode, Ref } from 'react';

interface Props {
  title?: string;
  /** beside the title */
  about?: ReactNode;
  /** at the end of that line */
  corner?: ReactNode;
  /** where the picture lies, for whoever must know how large it is */
  body?: Ref<HTMLDivElement>;
  /** tools under the picture */
  tools?: ReactNode;
  /** a line of numbers under all of it */
  note?: ReactNode;
  /** the picture */
  children: ReactNode;
}

export const Pane = ({ title, about, corner, body, tools, note, children }: Props) => (
  <figure className="pane">
    {title && (
      <figcaption>
        <span className="pane-title">{title}</span>
        {typeof about === 'string' ? (
          <span className="faint" title={about}>
            {about}
          </span>
        ) : (
          about
        )}
        {corner}
      </figcaption>
    )}
    <div className="pane-body" ref={body}>
      {children}
    </div>
    {tools}
    {note !== undefined && <p className="pane-note">{note}</p>}
  </figure>
);
