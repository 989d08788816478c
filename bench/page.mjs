// How fast the page is: node bench/page.mjs [SAMPLES] [STACKS], after `npm run build`. Needs Chromium (test/page/browser.ts).
//
// A made-up recording is served as `vmprof view` serves files, and opened in a new browser: first paint, time until the flame
// graph is drawn, then how long the worker takes for what users do, each 12 times with other values, so that nothing is found
// in a memory. Longest task: of the page's own thread, while all of that goes on.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { encodeRecording, ProfileBuilder } from '../dist/profile/index.js';
import { readPageFiles } from '../dist/server/page-files.js';
import { serveBytes, startPageServer } from '../dist/server/page-server.js';
import { makeLargeProfile } from './synthetic.mjs';

const CHROMIUM = process.env.VMPROF_TEST_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

const samples = Number(process.argv[2] ?? 1_000_000);
const stacks = Number(process.argv[3] ?? 100_000);
if (!existsSync(CHROMIUM)) throw new Error(`there is no Chromium (${CHROMIUM})`);
const bytes = encodeRecording(makeLargeProfile(ProfileBuilder, samples, stacks));
const server = await startPageServer({
  files: readPageFiles('dist/web'),
  recordings: [serveBytes('large.vmprof', bytes)],
  readSource: async () => undefined,
  example: serveBytes('example', bytes),
  port: 0,
});
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [...FLAGS, ...QUIET, '--enable-precise-memory-info'],
});
try {
  console.log(`${samples} samples, ${stacks} stacks, ${(bytes.length / 1e6).toFixed(1)} MB`);
  await measure(await browser.newPage({ viewport: { width: 1600, height: 900 } }));
} finally {
  await browser.close();
  await server.close();
}

async function measure(page) {
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(server.url);
  await page.locator('canvas[data-boxes]:not([data-boxes="0"])').waitFor({ timeout: 120_000 });
  const ready = await page.evaluate(() => performance.now());
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  console.log(`first paint ${paint.toFixed(0)} ms, flame graph drawn after ${ready.toFixed(0)} ms`);
  const end = await page.evaluate(() => document.querySelector('.time-axis span:last-child')?.textContent);
  console.log(`last mark of the time axis: ${end}`);
  await measureStep(page, 'range', (i) => ({ time: `${i + 1}s-${i + 20}s` }));
  await measureStep(page, 'search', (i) => ({ search: `e${'abcdefghijkl'[i]}` }));
  await measureStep(page, 'invert', (i) => ({ inverted: String(i % 2), time: `${i + 1}s-99999s` }));
  await measureStep(page, 'merge', (i) => ({ do: `filter:${'abcdefghijkl'[i]}` }));
  await measureStep(page, 'threads', (i) => ({ threads: `${i % 8}.${(i + 3) % 8}` }));
  const longest = await page.evaluate(() => window.longest);
  console.log(`longest task of the page's own thread: ${longest.toFixed(0)} ms`);
}

/** Changes the state through the URL, as a colleague's link would, and waits for the new picture. */
async function measureStep(page, name, stateOf) {
  const times = [];
  for (let i = 0; i < 12; i++) {
    times.push(
      await page.evaluate(
        (hash) =>
          new Promise((resolve) => {
            const canvas = document.querySelector('canvas[data-boxes]');
            const started = performance.now();
            const observer = new MutationObserver(() => {
              observer.disconnect();
              resolve(performance.now() - started);
            });
            observer.observe(canvas, { attributeFilter: ['data-answer'] });
            history.pushState(null, '', `#${hash}`);
            dispatchEvent(new PopStateEvent('popstate'));
          }),
        new URLSearchParams(stateOf(i)).toString(),
      ),
    );
  }
  times.sort((a, b) => a - b);
  console.log(
    `${name}: median ${times[6].toFixed(0)} ms, worst of 12 ${times[11].toFixed(0)} ms (question to picture)`,
  );
}
