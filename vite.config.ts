import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Everything comes from the page's own origin; nothing that a file holds is ever executed. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  'media-src blob:',
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The policy goes into the built page only: the development server injects styles and scripts of its own. */
const contentSecurityPolicy = (): Plugin => ({
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
  ],
});

/** Leaves comments and indents of shaders out of the built page. WGSL has no strings, and lines stay where they are, for the
 * compiler's messages. */
const bareShaders = (): Plugin => ({
  name: 'bare-shaders',
  apply: 'build',
  enforce: 'pre',
  load(id) {
    const [path, query] = id.split('?');
    if (!path.endsWith('.wgsl') || query !== 'raw') return null;
    return `export default ${JSON.stringify(readFileSync(path, 'utf8').replace(/[ \t]*\/\/.*$|^[ \t]+/gm, ''))}`;
  },
});

// One page, its workers, and chunks for what is heavy.
export default defineConfig({
  base: './',
  plugins: [react(), contentSecurityPolicy(), bareShaders()],
  worker: { format: 'es', plugins: () => [bareShaders()] },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 700, modulePreload: { polyfill: false } },
});
