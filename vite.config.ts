import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// One page, one worker, everything from our own origin (the content security policy in index.html says so too).
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 700 },
});
