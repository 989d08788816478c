import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { debugCache } from './caches.ts';
import { DebugFileFetcher, type FetchLimits } from './debuginfod.ts';
import { makeStripped } from './stripped-program.testing.ts';

// Fetching of debug files from real servers on loopback, good and bad ones. test/debuginfod.test.ts records with them.

const PATH = '/opt/program';
const ID = 'ab'.repeat(20);

describe('a debug file', () => {
  it('is fetched into the cache, once', async (context) => {
    const made = makeStripped(temporaryFolder());
    if (typeof made === 'string') skip(context, made);
    const bytes = readFileSync(made.debugFile);
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end(bytes);
    });
    const { files, warnings } = await fetchAll([url], [made.buildId, made.buildId]);
    expect(warnings).toEqual([]);
    expect(asked).toEqual([`/buildid/${made.buildId}/debuginfo`]);
    expect(files).toEqual(new Map([[`${made.buildId}.debug`, bytes]]));
  });

  it('comes from the second server when the first has none', async (context) => {
    const made = makeStripped(temporaryFolder());
    if (typeof made === 'string') skip(context, made);
    const bytes = readFileSync(made.debugFile);
    const without = await serve((_, response) => response.writeHead(404).end('not found'));
    const having = await serve((_, response) => response.end(bytes));
    const { files, warnings } = await fetchAll([without, `${having}/`], [made.buildId]);
    expect(warnings).toEqual([]);
    expect([...files.keys()]).toEqual([`${made.buildId}.debug`]);
  });

  it('of another program, or cut off, is not kept', async (context) => {
    const made = makeStripped(temporaryFolder());
    if (typeof made === 'string') skip(context, made);
    const bytes = readFileSync(made.debugFile);
    const whole = await serve((_, response) => response.end(bytes));
    const other = await fetchAll([whole], [ID]);
    expect([other.files.size, other.warnings]).toEqual([
      0,
      [expect.stringContaining('the answer belongs to another file')],
    ]);
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    });
    const half = await fetchAll([cut], [made.buildId]);
    expect([half.files.size, half.warnings.length]).toEqual([0, 1]);
    // Nothing tells the length here: the tables at the end of the file are missing.
    const short = await serve((_, response) => response.end(bytes.subarray(0, bytes.length >> 1)));
    const mute = await fetchAll([short], [made.buildId]);
    expect([mute.files.size, mute.warnings.length]).toEqual([0, 1]);
  });
});

describe('an answer that is of no use', () => {
  const cases: readonly (readonly [string, RequestListener, RegExp])[] = [
    ['500', (_, response) => response.writeHead(500).end(), /it answers 500/],
    ['garbage', (_, response) => response.end('<html>Welcome to this network</html>'), /no debug file/],
    ['nothing', (_, response) => response.end(), /no debug file/],
    ['too many bytes', (_, response) => response.end(new Uint8Array(5000)), /larger than 4096 bytes/],
    ['no end', (_, response) => void response.write('\x7fELF'), /timeout/],
  ];
  it.each(cases)('%s: one sentence, and no file', async (_, listener, reason) => {
    const limits = { fileBytes: 4096, timeout: 300 };
    const { files, warnings } = await fetchAll([await serve(listener)], [ID], limits);
    expect(files.size).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(reason)]);
    expect(warnings[0]).toContain(`The debug information of ${PATH} cannot be fetched: `);
  });

  it('404: all such files stand in one sentence', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    const ids = ['01', '02', '03', '04', '05'].map((byte) => byte.repeat(20));
    const { files, warnings } = await fetchAll([url], ids);
    expect([files.size, warnings]).toEqual([
      0,
      [`No server has debug information of ${PATH}, ${PATH}, ${PATH} and 2 more.`],
    ]);
  });

  it('a server that closes the connection is given up, and told once', async () => {
    let asked = 0;
    const url = await serve((request) => {
      asked++;
      request.socket.destroy();
    });
    const ids = Array.from({ length: 40 }, (_, index) => `${index + 10}`.repeat(20));
    const { warnings } = await fetchAll([url], ids);
    expect(warnings).toEqual([
      expect.stringContaining(`${url} is not asked for debug information any more: `),
    ]);
    expect(asked).toBeLessThan(20);
  });

  it('is not waited for longer than the end of a recording allows', async () => {
    const url = await serve((_, response) => void response.write('\x7fELF'));
    const { files, warnings } = await fetchAll([url], [ID], {}, 50);
    expect([files.size, warnings]).toEqual([0, [expect.stringContaining('it took too long')]]);
  });
});

describe('without a server', () => {
  it.each(['', 'ftp://example.org file:///etc'])('DEBUGINFOD_URLS=%j is told once', async (urls) => {
    const warnings: string[] = [];
    const fetcher = new DebugFileFetcher({
      warn: (message) => warnings.push(message),
      environment: { DEBUGINFOD_URLS: urls },
    });
    fetcher.ask(ID, PATH);
    await fetcher.finish(1000);
    expect(warnings).toEqual([expect.stringContaining('DEBUGINFOD_URLS names no server')]);
  });

  it('nothing is asked for by an id that would lead elsewhere', async () => {
    const asked: unknown[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.end();
    });
    await fetchAll([url], ['', '../../etc/passwd', 'AB', `${ID}/..`]);
    expect(asked).toEqual([]);
  });
});

/** Asks for files in a cache of its own; what is in it afterwards. */
async function fetchAll(
  servers: readonly string[],
  buildIds: readonly string[],
  limits: Partial<FetchLimits> = {},
  patience = 20_000,
): Promise<{ readonly files: ReadonlyMap<string, Uint8Array>; readonly warnings: readonly string[] }> {
  const environment = { XDG_CACHE_HOME: temporaryFolder(), DEBUGINFOD_URLS: servers.join(' ') };
  const warnings: string[] = [];
  const fetcher = new DebugFileFetcher({ warn: (message) => warnings.push(message), environment, limits });
  for (const buildId of buildIds) fetcher.ask(buildId, PATH);
  await fetcher.finish(patience);
  const { folder } = debugCache(environment);
  mkdirSync(folder, { recursive: true });
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  return { files, warnings };
}

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-debuginfod-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
