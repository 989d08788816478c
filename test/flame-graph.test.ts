import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { skip } from '../src/base/skip.testing.ts';
import { runVmprof, temporaryFolder } from './support.ts';

// Flame graphs as others see them: an XML parser, and a browser that runs the script.

const STACKS = 'main;load <x> & "y" 20\nmain;draw;text 40\nmain;draw;lines 30\nother;text 10\n';

async function makeFlameGraph(): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'stacks.txt'), STACKS);
  const { code, stderr } = await runVmprof(['convert', 'stacks.txt', '-o', 'graph.svg'], { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  return join(folder, 'graph.svg');
}

/** The document as it stands after the script has run, with this behind the `#`. */
function openInBrowser(context: TestContext, file: string, hash: string): string {
  const profile = join(file, '../browser');
  mkdirSync(profile, { recursive: true });
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--window-size=1000,500',
    `--user-data-dir=${profile}`,
  ];
  const { stdout, error } = spawnSync('chromium', [...flags, '--dump-dom', `file://${file}#${hash}`], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error !== undefined) skip(context, `chromium does not run here: ${error.message}`);
  return stdout;
}

/** Texts of the boxes that are not hidden, and the classes that they have. */
function listBoxes(dom: string): [string, string][] {
  return [...dom.matchAll(/<g class="([^"]*)">.*?<text[^>]*>([^<]*)<\/text>/gs)]
    .filter(([, classes]) => !classes.includes('hidden'))
    .map(([, classes, text]) => [text, classes]);
}

describe('flame graphs', () => {
  it('are XML that a strict parser reads', async (context) => {
    const file = await makeFlameGraph();
    const program =
      'import sys, xml.dom.minidom as m; d = m.parse(sys.argv[1]); print(len(d.getElementsByTagName("g")))';
    const { stdout, stderr, error } = spawnSync('python3', ['-c', program, file], { encoding: 'utf8' });
    if (error !== undefined) skip(context, `python3 does not run here: ${error.message}`);
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('8');
    expect(readFileSync(file, 'utf8')).not.toMatch(/(href|src|url\()\s*=?\s*["']?(https?:|\/\/)/);
  });

  it('fit the window, zoom and search in a browser', async (context) => {
    const file = await makeFlameGraph();
    const whole = openInBrowser(context, file, '');
    expect(whole).toContain('width="1000"');
    expect(listBoxes(whole).map(([text]) => text)).toEqual([
      'all',
      'main',
      'draw',
      'text',
      'lines',
      'load &lt;x&gt; &amp; "y"',
      'other',
      'text',
    ]);
    // Box 2 is draw; above it are main and all.
    const zoomed = openInBrowser(context, file, 'box=2&search=TEXT');
    expect(listBoxes(zoomed)).toEqual([
      ['all', 'above'],
      ['main', 'above'],
      ['draw', ''],
      ['text', 'found'],
      ['lines', ''],
    ]);
    expect(zoomed).toContain('found "TEXT": 57.1 % of what is shown');
    const found = openInBrowser(context, file, 'search=text%7Cdraw');
    // draw with the text in it counts once: 70 of 100, and 10 elsewhere.
    expect(found).toContain('found "text|draw": 80.0 % of all');
  });
});
