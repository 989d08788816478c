// Frames a second while a flame chart of a million rectangles is moved and zoomed.

import { serveBytes } from '../dist/server/page-server.js';
import { DRAWN, launchBrowser, listThreads, servePage } from './page-browser.mjs';
import { makeRectangles } from './page-recordings.mjs';

const LEVELS = 25;
const SAMPLES = 40_000;
const SECONDS = 4;

export async function measureFrames() {
  const server = await servePage(serveBytes('chart.vmprof', makeRectangles(SAMPLES, LEVELS)));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    console.log(
      `${(SAMPLES * LEVELS).toLocaleString('en')} rectangles, an animation frame each time that the browser is ready for one`,
    );
    for (const [title, shown] of [
      ['a third', '10s-24s'],
      ['a twentieth', '10s-12s'],
      ['single samples', '10s-10.3s'],
    ]) {
      await page.goto(`${server.url}#view=chart&shown=${shown}`);
      await page.reload();
      await page.locator(DRAWN).waitFor();
      const boxes = await page.locator('canvas[data-boxes]').first().getAttribute('data-boxes');
      const still = await page.evaluate(watchFrames, { seconds: 1, isMoving: false });
      const threads = await listThreads(browser);
      const before = threads.map((thread) => thread.cpu());
      const moving = await page.evaluate(watchFrames, { seconds: SECONDS, isMoving: true });
      const cost = threads
        .map(({ name, cpu }, i) => ({ name, cpu: (cpu() - before[i]) / moving.length }))
        .filter(({ cpu }) => cpu >= 0.5)
        .map(({ name, cpu }) => `${name} ${cpu.toFixed(1)}`);
      console.log(`${title}: ${boxes} boxes drawn; still ${describe(still)}; moving ${describe(moving)}`);
      console.log(`  CPU time for a frame, in ms: ${cost.join(', ')}`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

function describe(gaps) {
  const sorted = [...gaps].sort((a, b) => a - b);
  const sum = sorted.reduce((total, gap) => total + gap, 0);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  return `${((sorted.length / sum) * 1000).toFixed(0)} frames/s (median ${at(0.5)} ms, 95 % below ${at(0.95)} ms)`;
}

/** In the page: gaps between frames, while the pointer drags the chart to and fro, a step before each frame. */
function watchFrames({ seconds, isMoving }) {
  return new Promise((resolve) => {
    const frame = document.querySelector('.canvas-frame');
    const bounds = frame.getBoundingClientRect();
    const at = (x) => ({ clientX: bounds.left + x, clientY: bounds.top + 60, button: 0, bubbles: true });
    const gaps = [];
    let x = bounds.width / 2;
    let step = 7;
    const started = performance.now();
    let last = started;
    if (isMoving) frame.dispatchEvent(new PointerEvent('pointerdown', at(x)));
    const onFrame = (now) => {
      gaps.push(now - last);
      last = now;
      if (now - started > seconds * 1000) {
        window.dispatchEvent(new PointerEvent('pointerup', at(x)));
        resolve(gaps.slice(2));
        return;
      }
      if (isMoving) {
        x += step;
        if (x < 100 || x > bounds.width - 100) step = -step;
        window.dispatchEvent(new PointerEvent('pointermove', at(x)));
      }
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  });
}
