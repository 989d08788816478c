// The browser and the server of the page's measurements.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { readPageFiles } from '../dist/server/page-files.js';
import { serveBytes, startPageServer } from '../dist/server/page-server.js';

const CHROMIUM = process.env.VMPROF_TEST_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The picture of the page, as soon as there is something on it. */
export const DRAWN = 'canvas[data-boxes]:not([data-boxes="0"])';

/** Throws where there is no Chromium. */
export function launchBrowser() {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no Chromium (${CHROMIUM})`);
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...QUIET] });
}

/** Serves a recording as `vmprof view` does. */
export function servePage(recording) {
  return startPageServer({
    files: readPageFiles('dist/web'),
    recordings: [recording],
    example: serveBytes('example', new Uint8Array()),
    readSource: async () => undefined,
    port: 0,
  });
}

/** In the page, `drawn` becomes the time when its picture was on the screen: whoever waits for it from outside looks only now and then. */
export async function watchPicture(page) {
  await page.addInitScript((selector) => {
    const look = () => {
      if (document.querySelector(selector) === null) requestAnimationFrame(look);
      // The frame after the one that the canvas came in has been drawn.
      else requestAnimationFrame(() => setTimeout(() => (window.drawn = performance.now())));
    };
    requestAnimationFrame(look);
  }, DRAWN);
}

/** In the page, `tasks` becomes the durations of its long tasks, longest first. */
export async function watchTasks(page) {
  await page.addInitScript(() => {
    window.tasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.tasks.push(duration);
      window.tasks.sort((a, b) => b - a);
    }).observe({ type: 'longtask', buffered: true });
  });
}

/** Megabytes that the tab's process shares with no other: the largest of the renderers is the tab. */
export async function readMemory(browser) {
  const sizes = (await listRenderers(browser)).map(readPrivate);
  return Math.round(Math.max(...sizes));
}

/** Threads of the tab's process, with their names and milliseconds of CPU time so far. */
export async function listThreads(browser) {
  const renderers = await listRenderers(browser);
  const sizes = renderers.map(readPrivate);
  const tab = renderers[sizes.indexOf(Math.max(...sizes))];
  return readdirSync(`/proc/${tab}/task`).map((tid) => ({
    name: readFileSync(`/proc/${tab}/task/${tid}/comm`, 'utf8').trim(),
    // Nanoseconds on a CPU: the first number of schedstat.
    cpu: () => Number(readFileSync(`/proc/${tab}/task/${tid}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
  }));
}

async function listRenderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

function readPrivate(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return [...rollup.matchAll(/Private_(?:Clean|Dirty):\s+(\d+)/g)].reduce(
    (sum, [, size]) => sum + size / 1e3,
    0,
  );
}
