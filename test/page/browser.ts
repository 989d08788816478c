// A browser for tests: Debian's Chromium, headless, with nothing that talks to the network. Skips with a reason where it is
// not installed.

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { skip } from '../../src/base/skip.testing.ts';

const CHROMIUM = process.env.VMPROF_TEST_CHROMIUM ?? '/usr/bin/chromium';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Skips the test when there is no Chromium. */
export function needChromium(context: TestContext): void {
  if (!existsSync(CHROMIUM)) skip(context, `there is no Chromium here (${CHROMIUM})`);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export function hasChromium(): boolean {
  return existsSync(CHROMIUM);
}

export interface OpenPage {
  readonly page: Page;
  /** What went wrong in it: errors, and requests to other hosts. */
  readonly complaints: readonly string[];
}

/** A page of its own, small as on a small laptop, that notes whatever it should not do. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { readonly dark?: boolean; readonly width?: number; readonly height?: number } = {},
): Promise<OpenPage> {
  const { dark = false, width = 1280, height = 800 } = options;
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  const { href: base } = new URL('.', url);
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(base) && !/^(data|blob):/.test(target)) complaints.push(`request to ${target}`);
  });
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  return { page, complaints };
}
