import { defineConfig } from 'vite';

// The page becomes three files beside each other in dist/web, and nothing is loaded later: `vmprof view -o report.html` puts
// them into one file. The worker is a classic script, because a page from disk can only start one from a text.
export default defineConfig({
  root: 'src/web',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      // On a busy machine every build is slow, which is no fault of a plugin.
      checks: { bundlerTimings: false },
      output: {
        entryFileNames: 'page.js',
        assetFileNames: 'page[extname]',
      },
    },
  },
  worker: {
    format: 'iife',
    rolldownOptions: { output: { entryFileNames: 'worker.js' } },
  },
});
