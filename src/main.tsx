// Mounts the views and starts the engine.

import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { begin } from './store/begin.ts';
import { recallChoices } from './store/choices.ts';
import { App } from './views/App.tsx';
import './views/theme.css';
import './views/layout.css';
import './views/narrow.css';
import './views/controls.css';
import './views/fields.css';
import './views/panels.css';
import './views/clips.css';
import './views/keys.css';

recallChoices();
begin();
const root = document.getElementById('root');
if (root) {
  // at once, with its effects: whoever presses a key as soon as the page is there is heard
  flushSync(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
