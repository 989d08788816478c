// The same recording in speedscope and in this page, in the same browser: speedscope gets it as its own format.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportProfile, getFormatByName } from '../dist/formats/formats.js';
import { parseRecording } from '../dist/profile/index.js';
import { serveBytes } from '../dist/server/page-server.js';
import { DRAWN, launchBrowser, readMemory, servePage, watchTasks } from './page-browser.mjs';
import { makeLargeBytes } from './page-recordings.mjs';

const RELEASE = fileURLToPath(new URL('../node_modules/speedscope/dist/release', import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

export async function measureSpeedscope(samples, stacks) {
  const bytes = makeLargeBytes(samples, stacks, 8);
  const { profile } = parseRecording(bytes);
  const options = { measure: 'cpu', title: 'large', fileName: 'large.speedscope.json' };
  const { bytes: json } = exportProfile(profile, getFormatByName('speedscope'), options);
  console.log(
    `${samples} samples, ${stacks} stacks: ${mega(bytes)} MB as .vmprof, ${mega(json)} MB for speedscope`,
  );
  await measureOpening('vmprof', await servePage(serveBytes('large.vmprof', bytes)), '', DRAWN);
  await measureOpening('speedscope', await serveFolder(RELEASE, json), '#profileURL=/profile.json', '.drawn');
}

async function measureOpening(name, server, hash, selector) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    await watchTasks(page);
    await page.addInitScript(watchDrawing);
    await page.goto(server.url + hash);
    await page.waitForSelector(selector, { timeout: 180_000, state: 'attached' });
    const ready = await page.evaluate(() => performance.now());
    const longest = await page.evaluate(() => window.tasks[0] ?? 0);
    console.log(
      `${name}: drawn after ${ready.toFixed(0)} ms, longest task ${longest.toFixed(0)} ms, ${await readMemory(browser)} MB`,
    );
  } catch (error) {
    console.log(`${name}: ${error.message.split('\n')[0]}`);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** In the page: marks the document as drawn when its first canvas of text was written on. */
function watchDrawing() {
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (...args) {
    document.documentElement?.classList.add('drawn');
    return fillText.apply(this, args);
  };
}

/** A server of static files, and of the profile. */
async function serveFolder(folder, profile) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    const file = join(folder, path === '/' ? 'index.html' : path);
    const isFile = !path.includes('..') && existsSync(file) && statSync(file).isFile();
    if (path !== '/profile.json' && !isFile) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/html' });
      response.end(path === '/profile.json' ? profile : readFileSync(file));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function mega(bytes) {
  return (bytes.length / 1e6).toFixed(1);
}
