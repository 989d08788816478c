// How fast the page is, in Chromium (VMPROF_TEST_CHROMIUM), after `npm run build`:
//
//   node bench/page.mjs [SAMPLES] [STACKS] [THREADS]   what users do, one after the other, in a made-up recording
//   node bench/page.mjs frames                         moving a flame chart of a million rectangles
//   node bench/page.mjs deep                           stacks of 100,000 frames
//   node bench/page.mjs live [HOURS]                   a live recording at 1 kHz, faster than it would be made
//   node bench/page.mjs speedscope [SAMPLES] [STACKS]  the same recording in speedscope
//
// Times are those on the clock, from a change of the state to the new picture, each 20 times with other values so that nothing
// is found in a memory; beside them the CPU time of the worker for one of them, which a busy machine does not change much.
// Memory is what the tab's process has for itself.

import { serveBytes } from '../dist/server/page-server.js';
import { printMachine } from './measure.mjs';
import {
  launchBrowser,
  listThreads,
  readMemory,
  servePage,
  watchPicture,
  watchTasks,
} from './page-browser.mjs';
import { measureFrames } from './page-frames.mjs';
import { measureLive } from './page-live.mjs';
import { makeDeepBytes, makeLargeBytes } from './page-recordings.mjs';
import { measureSpeedscope } from './page-speedscope.mjs';

const ROUNDS = 20;

const [first = '1000000', ...rest] = process.argv.slice(2);
printMachine();
switch (first) {
  case 'frames':
    await measureFrames();
    break;
  case 'deep':
    await measure('100,000 frames deep', makeDeepBytes(100_000, 200));
    break;
  case 'live':
    await measureLive(Number(rest[0] ?? 1));
    break;
  case 'speedscope':
    await measureSpeedscope(Number(rest[0] ?? 100_000), Number(rest[1] ?? 20_000));
    break;
  default: {
    const [samples, stacks, threads] = [first, rest[0] ?? 100_000, rest[1] ?? 8].map(Number);
    await measure(
      `${samples} samples, ${stacks} stacks, ${threads} threads`,
      makeLargeBytes(samples, stacks, threads),
    );
  }
}

async function measure(title, bytes) {
  console.log(`${title}, ${(bytes.length / 1e6).toFixed(1)} MB`);
  const server = await servePage(serveBytes('large.vmprof', bytes));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    await watchTasks(page);
    await watchPicture(page);
    await page.goto(server.url);
    await page.waitForFunction(() => window.drawn !== undefined, { timeout: 300_000 });
    const ready = await page.evaluate(() => window.drawn);
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    console.log(`first paint ${paint?.toFixed(0)} ms, flame graph drawn after ${ready.toFixed(0)} ms`);
    await settle(page);
    console.log(`memory after opening: ${await readMemory(browser)} MB`);
    const worker = await findWorker(browser);
    const step = (name, stateOf) => measureStep(page, worker, name, stateOf);
    await step('range', (i) => ({ time: `${1 + ((i * 37) % 400)}s-${500 + ((i * 53) % 700)}s` }));
    await step('search', (i) => ({ search: `e${'abcdefghijklmnopqrst'[i]}` }));
    await step('invert, other range', (i) => ({ inverted: '1', time: `${i + 1}s-99999s` }));
    await step('filter', (i) => ({ do: `filter:${'abcdefghijklmnopqrst'[i]}` }));
    await step('filter, inverted', (i) => ({ do: `filter:${'abcdefghijklmnopqrst'[i]}`, inverted: '1' }));
    await step('threads', (i) => ({
      threads: `${i % 8}.${(i + 1 + Math.floor(i / 8)) % 8}`,
      time: `${i}s-99999s`,
    }));
    // Two functions stand in the same order, whatever they are sorted by.
    if (!title.includes('deep'))
      await step('functions, sort', (i) => ({
        view: 'functions',
        sort: ['self', 'total', 'samples', 'name', 'file'][i % 5],
        ascending: i % 2,
      }));
    const longest = await page.evaluate(() => window.tasks);
    console.log(
      `longest tasks of the page's own thread: ${longest
        .slice(0, 5)
        .map((task) => task.toFixed(0))
        .join(', ')} ms`,
    );
    console.log(`memory at the end: ${await readMemory(browser)} MB`);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Until the pictures of the whole recording are there, too. */
async function settle(page) {
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 })));
  await page
    .locator('.tracks canvas')
    .first()
    .waitFor({ timeout: 60_000 })
    .catch(() => {});
}

/** The thread of the tab's process that has used most CPU time but the page's own. */
async function findWorker(browser) {
  const threads = await listThreads(browser);
  return threads
    .filter(({ name }) => name.startsWith('DedicatedWorker'))
    .sort((a, b) => b.cpu() - a.cpu())[0];
}

/** Changes the state through the URL, as a colleague's link would, and waits for the new picture. */
async function measureStep(page, worker, name, stateOf) {
  const times = [];
  const before = worker?.cpu() ?? Number.NaN;
  for (let i = 0; i < ROUNDS; i++)
    times.push(await page.evaluate(changeState, new URLSearchParams(stateOf(i)).toString()));
  const cpu = ((worker?.cpu() ?? Number.NaN) - before) / ROUNDS;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.ceil(share * ROUNDS) - 1].toFixed(0);
  console.log(
    `${name.padEnd(20)} median ${at(0.5)} ms, 95 % below ${at(0.95)} ms, worker's CPU ${cpu.toFixed(0)} ms`,
  );
}

/** In the page: milliseconds until the view has its next answer. */
function changeState(hash) {
  return new Promise((resolve) => {
    const started = performance.now();
    const view = document.getElementById('view');
    const done = () => {
      observer.disconnect();
      resolve(performance.now() - started);
    };
    const observer = new MutationObserver((changes) => {
      const isPicture = changes.some(
        ({ target, attributeName }) =>
          attributeName === 'data-answer' ||
          (target.closest === undefined ? target.parentElement : target)?.closest('[role=rowgroup]') != null,
      );
      if (isPicture) done();
    });
    observer.observe(view, {
      attributeFilter: ['data-answer'],
      childList: true,
      subtree: true,
      characterData: true,
    });
    history.pushState(null, '', `#${hash}`);
    dispatchEvent(new PopStateEvent('popstate'));
  });
}
