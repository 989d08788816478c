// Speedscope, from npm, opens what we write: functions must cost there what they cost here. It is driven in Chromium, and what it
// has read is what it exports again.

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBusyService } from '../src/cli/output/busy-service.testing.ts';
import { exportProfile, getFormatByName } from '../src/formats/formats.ts';
import { computeFunctionLabels } from '../src/formats/function-labels.ts';
import { computeFunctionCosts } from '../src/profile/costs/function-costs.ts';
import type { Profile } from '../src/profile/tables.ts';
import { hasChromium, launchBrowser, needChromium } from './page/browser.ts';
import { temporaryFolder } from './support.ts';

const RELEASE = join(import.meta.dirname, '../node_modules/speedscope/dist/release');
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const BUSY = buildBusyService();

let server: Server;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium()) return;
  server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    response.setHeader('Content-Type', CONTENT_TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(readFileSync(join(RELEASE, path)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test.for(['speedscope', 'cpuprofile', 'trace-events', 'collapsed', 'callgrind', 'pprof'])(
  '%s: functions cost the same in speedscope',
  { timeout: 60_000 },
  async (format, context) => {
    needChromium(context);
    const { file, complaints } = await openInSpeedscope(BUSY, format);
    expect(complaints).toEqual([]);
    const read = sumSelf(file);
    const expected = listSelf(BUSY);
    expect([...read.keys()].sort()).toEqual([...expected.keys()].sort());
    // In a .cpuprofile, a sample lasts until the next one, and of the last one speedscope does not know how long: 10.1 ms here.
    const allowed = format === 'cpuprofile' ? 10.2 : 0.01;
    for (const [name, self] of expected) {
      expect(Math.abs((read.get(name) ?? 0) - self / 1e6), name).toBeLessThan(allowed);
    }
  },
);

/** What speedscope exports: an event where a function begins, and one where it ends. */
interface SpeedscopeFile {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly events: readonly { readonly type: 'O' | 'C'; readonly frame: number; readonly at: number }[];
  }[];
}

async function openInSpeedscope(
  profile: Profile,
  formatName: string,
): Promise<{ file: SpeedscopeFile; complaints: string[] }> {
  const format = getFormatByName(formatName);
  const fileName = `busy${format.extensions[0]}`;
  const path = join(temporaryFolder(), fileName);
  writeFileSync(path, exportProfile(profile, format, { measure: 'wall', title: 'busy', fileName }).bytes);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (/^ts=|error/i.test(message.text())) complaints.push(message.text());
  });
  page.on('dialog', async (dialog) => {
    complaints.push(dialog.message());
    await dialog.dismiss();
  });
  page.setDefaultTimeout(20_000);
  try {
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.setInputFiles('input[type=file]', path);
    const button = page.getByText('Export').first();
    await button.waitFor().catch(() => complaints.push('it has opened nothing'));
    if (complaints.length > 0) return { file: { shared: { frames: [] }, profiles: [] }, complaints };
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return { file: JSON.parse(readFileSync(await download.path(), 'utf8')), complaints };
  } finally {
    await page.close();
  }
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  nanoseconds: 1e-6,
  microseconds: 1e-3,
  milliseconds: 1,
};

/** In milliseconds, by the name of the function. */
function sumSelf({ shared, profiles }: SpeedscopeFile): Map<string, number> {
  const sums = new Map<string, number>();
  // Callgrind has a profile for each event: the first one is the weight.
  const isCallgrind = profiles.some(({ name }) => name.includes('Nanoseconds'));
  const shown = isCallgrind ? profiles.slice(0, 1) : profiles;
  for (const { unit, events } of shown) {
    const factor = MILLISECONDS[unit] ?? (isCallgrind ? 1e-6 : 1e-3);
    const open: string[] = [];
    let before = 0;
    for (const { type, frame, at } of events) {
      const innermost = open.at(-1);
      if (innermost !== undefined) sums.set(innermost, (sums.get(innermost) ?? 0) + (at - before) * factor);
      before = at;
      const name = toPlainName(shared.frames[frame].name);
      if (type === 'O') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  }
  // Samples without a stack are no function here, and functions without self cost are not compared.
  for (const [name, self] of sums)
    if (self < 1e-6 || /^\((no stack|program)\)$/.test(name)) sums.delete(name);
  return sums;
}

/** Collapsed stacks have the file behind the name, and speedscope puts arguments behind names of trace events. */
function toPlainName(name: string): string {
  return name.replace(/(?<=.) (\(.*\)|\{.*\})$/, '');
}

/** In nanoseconds, by the name of the function. */
function listSelf(profile: Profile): Map<string, number> {
  const { self } = computeFunctionCosts(profile, 'wall');
  const sums = new Map<string, number>();
  computeFunctionLabels(profile).forEach(({ name }, row) => {
    if (self[row] > 0) sums.set(name, (sums.get(name) ?? 0) + self[row]);
  });
  return sums;
}
