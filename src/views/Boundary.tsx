// A screen, or a part of one, that cannot be loaded or shown says so; everything else goes on.

import { Component, type ReactNode } from 'react';
import { type ErrorReport, reportError } from '../core/errors.ts';

interface Props {
  /** a whole screen, or a part in the place where it would stand */
  of: 'screen' | 'part';
  children: ReactNode;
}

export class Boundary extends Component<Props, { error: ErrorReport | null }> {
  override state: { error: ErrorReport | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: ErrorReport } {
    return { error: reportError(error) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { of, children } = this.props;
    if (!error) return children;
    const notice = (
      <div className="notice notice-bad" role="alert" data-testid={`${of}-problem`}>
        <p>
          <strong>
            This {of === 'screen' ? 'screen' : 'part of the page'} could not be shown. {error.message}
          </strong>
        </p>
        <p>
          {of === 'screen'
            ? 'Reload the page, or go on with another screen.'
            : 'The rest goes on; what trains is saved. Reload the page to have this part too.'}
        </p>
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
    return of === 'screen' ? <main className="stage">{notice}</main> : notice;
  }
}
