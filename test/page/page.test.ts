// The page in a real browser, served by `vmprof view` as it was built: `npm run build` first.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ProfileBuilder } from '../../src/profile/builder/profile-builder.ts';
import { parseRecording } from '../../src/profile/recording/recording-decoder.ts';
import { RecordingEncoder } from '../../src/profile/recording/recording-encoder.ts';
import { LiveRecording } from '../../src/server/live-recording.ts';
import { readPageFiles } from '../../src/server/page-files.ts';
import {
  type PageServer,
  serveBytes,
  serveFile,
  serveLive,
  startPageServer,
} from '../../src/server/page-server.ts';
import { TABS } from '../../src/web/state/page-state.ts';
import { runVmprof, startVmprof, temporaryFolder, waitUntil } from '../support.ts';
import { hasChromium, launchBrowser, needChromium, type OpenPage, openPage } from './browser.ts';
import { makeDeepBytes, makeHeapBytes, makeRecordingBytes, makeSlowerBytes } from './recordings.ts';

let browser: Browser | undefined;
let server: PageServer;
beforeAll(async () => {
  server = await startPageServer({
    files: readPageFiles(PAGE),
    recordings: [serveBytes('app.vmprof', makeRecordingBytes())],
    readSource: async (file) => (file === '/srv/load.py' ? { lines: LOAD_PY } : { lines: undefined }),
    example: serveFile(EXAMPLE),
    port: 0,
  });
  if (hasChromium()) browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server.close();
});

const PAGE = join(import.meta.dirname, '../../dist/web');
const EXAMPLE = join(import.meta.dirname, '../../examples/log_search.vmprof');
const AXE = join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js');

/** What stands in /srv/load.py. */
const LOAD_PY = Array.from({ length: 60 }, (_, i) => `line_${i + 1}()`);

/** Opens a part of the page, and waits until the view is there. */
async function look(hash = '', options: Parameters<typeof openPage>[2] = {}): Promise<OpenPage> {
  if (browser === undefined) throw new Error('there is no browser');
  const opened = await openPage(browser, server.url + hash, options);
  onTestFinished(async () => {
    await opened.page.close();
    expect(opened.complaints).toEqual([]);
  });
  await opened.page.getByTestId('summary').waitFor();
  return opened;
}

/** The answer that the flame graph draws, once it is drawn. */
async function waitForBoxes(page: Page, count: number): Promise<void> {
  await page.locator(`canvas[data-boxes="${count}"]`).waitFor();
}

describe('flame graph', () => {
  test('sums are those of the file, names are text', async (context) => {
    needChromium(context);
    const { page } = await look();
    expect(await page.getByTestId('summary').textContent()).toBe('12.5 s CPU time in 1,500 samples');
    await page.getByRole('button', { name: 'Wall' }).click();
    await page.getByText('30.0 s wall time in 3,000 samples').waitFor();
    const items = await page.getByRole('list', { name: 'Widest boxes' }).textContent();
    expect(items).toContain('Level 1: main, 33.3 %');
    expect(items).toContain('Level 1: run, 66.7 %');
    expect(items).toContain('<b>flush</b>');
  });

  test('weights with names of their own can be chosen in a menu', async (context) => {
    needChromium(context);
    const { page } = await look();
    await page.locator('input[type=file]').setInputFiles({
      name: 'heap.vmprof',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(makeHeapBytes()),
    });
    await page.getByText('1.00 MiB inuse_space in 1 sample').waitFor();
    await page.getByLabel('Measure').selectOption('alloc_space');
    await page.getByText('5.00 MiB alloc_space in 1 sample').waitFor();
    expect(new URL(page.url()).hash).toContain('measure=alloc_space');
    await page.keyboard.press('m');
    await page.getByText('60 inuse_objects').waitFor();
  });

  test('a click zooms, the back button comes back, Escape goes up', async (context) => {
    needChromium(context);
    const { page } = await look();
    await waitForBoxes(page, 10);
    // main is 80 % wide, on the second level; load below it.
    await page.locator('canvas[data-boxes]').click({ position: { x: 100, y: 50 } });
    await page.getByRole('navigation', { name: 'Zoomed path' }).getByText('load', { exact: true }).waitFor();
    expect(new URL(page.url()).hash).toContain('zoom=load%40%2Fsrv%2Fload.py');
    await page.getByText('/srv/load.py:11').first().waitFor();
    await page.goBack();
    await page.getByText('Click a box to zoom into it.').waitFor();
    await page.goForward();
    await page.getByRole('application').focus();
    await page.keyboard.press('Escape');
    await page
      .getByRole('navigation', { name: 'Zoomed path' })
      .getByText('load', { exact: true })
      .waitFor({ state: 'detached' });
  });

  test('hovering tells self, total, share and its error', async (context) => {
    needChromium(context);
    const { page } = await look();
    await waitForBoxes(page, 10);
    await page.locator('canvas[data-boxes]').hover({ position: { x: 100, y: 50 } });
    const card = page.getByRole('tooltip');
    await card.getByText('/srv/load.py:11').waitFor();
    expect(await card.textContent()).toMatch(/total6.00 s48.0 %± 1.\d600 samples/);
  });

  test('search tells how much was found, and Enter keeps only that', async (context) => {
    needChromium(context);
    const { page } = await look();
    await page.keyboard.press('/');
    await page.keyboard.type('draw');
    // 3 + 1 of 10 samples of the main thread: 4 s of 12.5 s.
    await page.getByTestId('matched').getByText('32.0 %').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('only samples with “draw”').waitFor();
    await page.getByText('4.00 s CPU time in 400 samples · 32.0 % of all').waitFor();
    await page.getByRole('button', { name: 'Remove: only samples with “draw”' }).click();
    await page.getByText('12.5 s CPU time in 1,500 samples').waitFor();
  });

  test('inverted, the hottest leaf comes first', async (context) => {
    needChromium(context);
    const { page } = await look('#inverted=1');
    const list = page.getByRole('list', { name: 'Widest boxes' });
    await list.getByText('Level 1: parse, 32.0 %').waitFor();
  });
});

describe('functions', () => {
  test('sorted, filtered, with callers and callees', async (context) => {
    needChromium(context);
    const { page } = await look('#view=functions');
    const firstRow = page.getByRole('row').nth(1);
    await firstRow.getByText('parse').waitFor();
    await page.getByRole('button', { name: 'total' }).click();
    await firstRow.getByText('main').waitFor();
    await firstRow.click();
    const aside = page.getByRole('complementary');
    await aside.getByText('(nobody: outermost frame)').waitFor();
    expect(await aside.textContent()).toMatch(/6.00 s60.0 %load/);
    await aside.getByRole('button', { name: 'load' }).click();
    await aside.getByText('/srv/load.py:11').waitFor();
    await page.getByRole('searchbox').fill('/^dr/');
    await page.getByText('1 function found').waitFor();
  });
});

describe('call tree', () => {
  test('is walked by keyboard', async (context) => {
    needChromium(context);
    const { page } = await look('#view=tree');
    await page.getByRole('treeitem').first().click();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('treeitem').getByTitle('load', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.locator('[role=treeitem][aria-selected=true]').getByTitle('load', { exact: true }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.locator('[role=treeitem][aria-selected=true]').getByTitle('main').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('treeitem').getByTitle('load', { exact: true }).waitFor({ state: 'detached' });
  });

  test('open rows stand in the address, and are open after another load', async (context) => {
    needChromium(context);
    const { page } = await look('#view=tree');
    const load = (where: Page) => where.getByRole('treeitem').getByTitle('load', { exact: true });
    await page.getByRole('treeitem').first().click();
    await page.keyboard.press('ArrowRight');
    await load(page).waitFor();
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/[#&]open=[0-9a-z]+(&|$)/);
    const { page: other } = await look(hash);
    await load(other).waitFor();
    await other.getByRole('button', { name: 'Close all' }).click();
    await load(other).waitFor({ state: 'detached' });
    expect(new URL(other.url()).hash).not.toContain('open=');
  });
});

describe('time', () => {
  test('dragging on the timeline restricts every view, a click takes it back', async (context) => {
    needChromium(context);
    const { page } = await look();
    const box = await page.getByTestId('timeline').boundingBox();
    if (box === null) throw new Error('the timeline has no place');
    // Names take 190 pixels on the left, and 12 are free on the right: 2 s to 6 s of 10.
    const left = box.x + 190;
    const width = box.width - 190 - 12;
    await page.mouse.move(left + width * 0.2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(left + width * 0.5, box.y + 40);
    await page.mouse.move(left + width * 0.6, box.y + 40);
    await page.mouse.up();
    await page.getByText('2.00 s to 6.00 s (4.00 s)').waitFor();
    await page.getByText('5.00 s CPU time in 600 samples · 40.0 % of all').waitFor();
    await page.mouse.click(left + width * 0.9, box.y + 40);
    await page.getByText('12.5 s CPU time in 1,500 samples').waitFor();
  });

  test('threads, processes and states can be chosen', async (context) => {
    needChromium(context);
    const { page } = await look('#measure=samples');
    await page.getByRole('button', { name: 'worker (102)' }).click();
    await page.getByText('1,000 samples · 33.3 % of all').waitFor();
    await page.getByRole('button', { name: 'waiting for the GIL' }).click();
    await page.getByText('500 samples · 16.7 % of all').waitFor();
    await page.getByRole('button', { name: '101 python3 worker.py' }).click({ modifiers: ['Shift'] });
    await page.getByText('2 threads', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('3,000 samples').last().waitFor();
  });

  test('the flame chart shows each sample, and zooms', async (context) => {
    needChromium(context);
    const { page } = await look('#view=chart');
    await page.getByText('10.0 s, each of 1,000 samples').waitFor();
    await page.getByRole('application').focus();
    await page.keyboard.press('+');
    await page.getByText(/^7.00 s, each of 70\d samples/).waitFor();
    await page.keyboard.press('0');
    await page.getByRole('combobox', { name: 'Thread' }).selectOption('worker (102)');
    await waitForBoxes(page, 201);
  });

  test('memory has its exact peak, and what ran then', async (context) => {
    needChromium(context);
    const { page } = await look('#view=memory', { dark: true });
    await page.getByText('What ran at the peak of 80.0 MiB, after 4.61 s').waitFor();
    await page.getByRole('button', { name: '101 python3 worker.py' }).last().click();
    await page.getByText('What ran at the peak of 12.0 MiB').waitFor();
  });

  test('stacks can be weighed by memory', async (context) => {
    needChromium(context);
    const { page } = await look('#measure=growth&view=functions');
    // From 20 to 80 MiB in the first half; the child never grows.
    await page.getByText('60.0 MiB memory growth').waitFor();
    await page.getByRole('button', { name: 'Memory', exact: true }).click();
    await page.getByText('mean resident memory').waitFor();
  });
});

describe('source', () => {
  test('costs stand beside the lines', async (context) => {
    needChromium(context);
    const { page } = await look('#view=source');
    const row = page.locator('[data-line="40"]');
    await row.getByText('line_40()').waitFor();
    expect(await row.textContent()).toBe('4.00 s4.00 s40line_40()');
    await page.getByRole('group', { name: 'Source of' }).evaluate((frame) => frame.scrollTo(0, 0));
    expect(await page.locator('[data-line="12"]').textContent()).toBe('4.00 s12line_12()');
    await page.getByRole('button', { name: 'srv/view.py' }).click();
    await page.getByText('There is no such file.').waitFor();
    expect(await page.locator('[data-line="20"]').textContent()).toBe('3.00 s3.00 s20');
  });
});

describe('transforms', () => {
  test('are chips in the URL, and can be taken away', async (context) => {
    needChromium(context);
    const { page } = await look('#view=functions&function=load%40%2Fsrv%2Fload.py');
    await page.getByRole('button', { name: 'Focus', exact: true }).click();
    await page.getByText('6.00 s CPU time in 600 samples · 48.0 % of all').waitFor();
    await page.keyboard.press('l');
    await page.getByText('hide standard library').waitFor();
    await page.getByText('2 functions', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('focus on load').waitFor();
    await page.getByRole('button', { name: 'Remove: focus on load' }).click();
    await page.getByText('12.5 s CPU time in 1,500 samples').waitFor();
  });
});

describe('access', () => {
  test.for([false, true])('axe finds nothing in any view (dark: %s)', async (dark, context) => {
    needChromium(context);
    const { page } = await look('#time=1s-9s&function=load%40%2Fsrv%2Fload.py', {
      dark,
      width: 1000,
      height: 700,
    });
    // By the debugger, which no policy binds.
    await page.evaluate(readFileSync(AXE, 'utf8'));
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      await page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
      const problems = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      });
      expect({ tab, problems }).toEqual({ tab, problems: [] });
    }
  });

  // The second is just too wide for the header to take two rows.
  test.for([900, 1110])('nothing is wider than a screen of %i pixels', async (width, context) => {
    needChromium(context);
    const { page } = await look('#time=1s-9s', { width, height: 640 });
    await page.locator('h1').evaluate((title) => {
      title.textContent = `python ${'long/'.repeat(100)}`;
    });
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect({ tab, overflow }).toEqual({ tab, overflow: 0 });
    }
  });
});

test('a recording that is being made grows on the screen, can be paused, and goes on', async (context) => {
  needChromium(context);
  if (browser === undefined) throw new Error('there is no browser');
  const builder = new ProfileBuilder();
  const encoder = new RecordingEncoder(builder);
  const process = builder.addProcess({ pid: 1, command: 'python3 app.py', start: 0 });
  const thread = builder.addThread({ process, tid: 1, name: 'MainThread', start: 0 });
  const main = builder.internFunction({ name: 'main', kind: 'python' });
  const stack = builder.internStack(-1, builder.internFrameLine(main, 1));
  let time = 0;
  const record = (seconds: number) => {
    for (let i = 0; i < seconds * 100; i++) {
      time += 100;
      builder.addSample(time, thread, stack, 1, 100, 100);
    }
    live.append(encoder.encodeNew());
  };
  const live = new LiveRecording('live.vmprof');
  const liveServer = await startPageServer({
    files: readPageFiles(PAGE),
    recordings: [serveLive(live)],
    readSource: async () => undefined,
    example: serveFile(EXAMPLE),
    port: 0,
  });
  live.append(encoder.encodeHeader());
  record(2);
  const { page, complaints } = await openPage(browser, liveServer.url);
  await page.getByText('2.00 s CPU time in 200 samples').waitFor();
  record(1);
  await page.getByText('3.00 s CPU time in 300 samples').waitFor();
  await page.getByRole('button', { name: 'Live' }).click();
  record(4);
  // A question and its answer later nothing has changed.
  await page.getByRole('button', { name: 'Inverted' }).click();
  await page.getByRole('button', { name: 'Inverted', pressed: true }).waitFor();
  await page.getByText('3.00 s CPU time in 300 samples').waitFor();
  await page.getByRole('button', { name: 'Paused' }).click();
  await page.getByText('7.00 s CPU time in 700 samples').waitFor();
  live.append(encoder.encodeEnd());
  live.end();
  await page.getByRole('button', { name: 'Live' }).waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await page.close();
  await liveServer.close();
});

test('the tour goes from stop to stop', async (context) => {
  needChromium(context);
  const { page } = await look('#view=help');
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await page.getByRole('dialog', { name: 'Tour: When it happened' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Tour: What is counted' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('what is seen can be exported', async (context) => {
  needChromium(context);
  const { page } = await look('#search=draw');
  await page.getByTestId('matched').waitFor();
  const download = async (title: string) => {
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: title }).click(),
    ]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  const svg = await download('Flame graph as SVG');
  expect(svg.name).toBe('app.svg');
  expect(svg.bytes.toString()).toContain('&#60;b&#62;flush');
  const png = await download('Picture of this view as PNG');
  expect([...png.bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  const collapsed = await download('Stacks, collapsed');
  expect(collapsed.bytes.toString()).toContain(
    'main (/srv/app.py);load (/srv/load.py);parse (/srv/load.py) 4000000',
  );
  const recording = await download('Selected samples as a recording');
  expect(parseRecording(recording.bytes).profile.samples.length).toBe(3000);
});

test('one HTML file opens from disk, with sources, without a server', async (context) => {
  needChromium(context);
  if (browser === undefined) throw new Error('there is no browser');
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.vmprof'), makeRecordingBytes());
  const { code } = await runVmprof(['view', 'app.vmprof', '-o', 'report.html', '--embed-sources'], {
    cwd: folder,
  });
  expect(code).toBe(0);
  const { page, complaints } = await openPage(browser, `file://${folder}/report.html`);
  await page.getByText('12.5 s CPU time in 1,500 samples').waitFor();
  await page.getByRole('tab', { name: 'Source' }).click();
  await page.locator('[data-line="40"]').getByText('4.00 s').first().waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test('the help shows what it explains in the example, which carries its sources', async (context) => {
  needChromium(context);
  const { page } = await look('#view=help');
  await page.getByRole('button', { name: 'See it in the example' }).nth(3).click();
  await page.getByText('merge').first().waitFor();
  expect(new URL(page.url()).hash).toContain('recording=1');
  await page.locator('#tab-source').click();
  // It opens at the line that costs most.
  await page.getByText('return zlib.compress(block, 9)').waitFor();
  await page.locator('#tab-help').click();
  await page.getByRole('button', { name: 'the example', exact: true }).click();
  await page.locator('canvas[data-boxes]:not([data-boxes="0"])').waitFor();
  expect(new URL(page.url()).hash).toBe('#recording=1');
});

test('two ranges, and two recordings, are compared', async (context) => {
  needChromium(context);
  const { page } = await look('#view=compare');
  await page.getByText('Nothing to compare with').waitFor();
  await page.goto(`${server.url}#view=compare&time=0s-5s`);
  await page.getByRole('button', { name: 'Keep this range as “before”' }).click();
  await page.goto(`${page.url()}&time=5s-10s`);
  await page.getByRole('table', { name: 'Functions whose self changed' }).getByText('parse').waitFor();
  const files = page.locator('#open-files');
  await files.setInputFiles({ name: 'slower.vmprof', mimeType: '', buffer: Buffer.from(makeSlowerBytes()) });
  await page.getByRole('heading').waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Before' }).selectOption('app.vmprof');
  const draw = page.getByRole('row').filter({ has: page.getByTitle('draw', { exact: true }) });
  await draw.getByText('more than chance', { exact: true }).waitFor();
  expect(await draw.textContent()).toMatch(/^24.0 %48.0 %\+24.0 %1.\d %●more than chancedraw/);
  // As in the flame graph: by keyboard into the first function that samples ended in.
  await page.getByRole('button', { name: 'Inverted' }).click();
  await page.getByRole('button', { name: 'Inverted', pressed: true }).waitFor();
  await page.getByRole('application', { name: 'Flame graph of differences' }).focus();
  await page.waitForFunction(() => document.querySelector('canvas[data-boxes]:not([data-boxes="0"])'));
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('navigation', { name: 'Zoomed path' }).getByText('all').waitFor();
  expect(new URL(page.url()).hash).toContain('zoom=');
  await page.locator('.details').getByRole('button', { name: 'Focus' }).waitFor();
});

test('a click on the last box of a comparison leaves a picture with fewer boxes', async (context) => {
  needChromium(context);
  const { page } = await look('#view=compare&time=5s-10s&before=0&before-time=0s-5s');
  const canvas = page.locator('canvas[data-boxes]');
  await waitForBoxes(page, 10);
  const { width } = (await canvas.boundingBox()) ?? { width: 0 };
  await canvas.hover({ position: { x: width - 10, y: 50 } });
  await page.getByRole('tooltip').getByText('before').waitFor();
  await canvas.click({ position: { x: width - 10, y: 50 } });
  await waitForBoxes(page, 3);
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
});

test('keys and commands can be looked up', async (context) => {
  needChromium(context);
  const { page } = await look();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Remove all filters and transforms').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('show call');
  await page.keyboard.press('Enter');
  await page.getByRole('tree').waitFor();
});

test('info tells what was recorded', async (context) => {
  needChromium(context);
  const { page } = await look('#view=info', { dark: true });
  await page.getByText('web-1, Linux 6.1 x86_64, 8 CPUs').waitFor();
  await page.getByRole('cell', { name: 'python3 worker.py' }).waitFor();
});

test('files can be opened in the page, and what is no profile is told', async (context) => {
  needChromium(context);
  const { page } = await look();
  const files = page.locator('#open-files');
  await files.setInputFiles({
    name: 'a.collapsed',
    mimeType: 'text/plain',
    buffer: Buffer.from('a;b 3\na;c 5\n'),
  });
  await page.getByText('8 samples').first().waitFor();
  await files.setInputFiles({ name: 'noise.bin', mimeType: '', buffer: Buffer.from([1, 2, 3, 0, 255]) });
  await page.getByRole('alert').getByText('no profile that vmprof knows').waitFor();
  await page.getByRole('combobox', { name: 'Recording' }).selectOption('app.vmprof');
  await page.getByText('12.5 s CPU time in 1,500 samples').waitFor();
});

test('files can be dropped on the page', async (context) => {
  needChromium(context);
  const { page } = await look();
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['a;b 3\na;c 5\n'], 'dropped.collapsed'));
    return data;
  });
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.getByText('Drop to open').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.getByRole('combobox', { name: 'Recording' }).waitFor();
  await page.getByText('8 samples').first().waitFor();
});

test('stacks of 100,000 frames and 2,000 threads are slower, never broken', async (context) => {
  needChromium(context);
  const { page } = await look('#view=info');
  const files = page.locator('#open-files');
  const deep = Buffer.from(makeDeepBytes(100_000, 2000));
  await files.setInputFiles({ name: 'deep.vmprof', mimeType: '', buffer: deep });
  await page.getByText('20.0 s wall time in 2,000 samples').waitFor();
  for (const tab of ['flame', 'chart', 'functions', 'tree', 'memory', 'compare']) {
    await page.locator(`#tab-${tab}`).click();
    await page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
  }
  await page.locator('#tab-flame').click();
  await waitForBoxes(page, 100_001);
  await page.getByRole('button', { name: 'Inverted' }).click();
  await page.getByRole('button', { name: 'Inverted', pressed: true }).waitFor();
  await page.locator('#tab-functions').click();
  await page.getByText('2 functions', { exact: true }).waitFor();
});

test('vmprof view names a file that it cannot read', async () => {
  const { code, stderr } = await runVmprof(['view', '--no-open', '/nowhere/x.vmprof']);
  expect(code).toBe(9);
  expect(stderr).toBe('vmprof: Cannot read /nowhere/x.vmprof: there is no such file or folder.\n');
});

test('vmprof view stops at a signal', async () => {
  const running = startVmprof(['view', '--no-open']);
  await running.waitForOutput('/\n');
  const url = running.stdout.trim();
  expect((await fetch(url)).status).toBe(200);
  running.kill('SIGTERM');
  expect((await running.finished).code).toBe(0);
  await waitUntil('the port to be closed', () =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  );
});
