// A screen that cannot be loaded or shown says so; the others go on.

import { Component, type ReactNode } from 'react';
import { type ErrorReport, reportError } from '../core/errors.ts';

interface Props {
  children: ReactNode;
}

export class ScreenBoundary extends Component<Props, { error: ErrorReport | null }> {
  override state: { error: ErrorReport | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: ErrorReport } {
    return { error: reportError(error) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="stage">
        <div className="notice notice-bad" role="alert" data-testid="screen-problem">
          <p>
            <strong>This screen could not be shown. {error.message}</strong>
          </p>
          <p>Reload the page, or go on with another screen.</p>
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      </main>
    );
  }
}
