// Serves recordings to the browser until Ctrl-C.

import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf, ProfilerError } from '../base/errors.ts';
import { readWhole } from '../formats/input.ts';
import { readPageFiles } from '../server/page-files.ts';
import type { ServedRecording } from '../server/page-routes.ts';
import {
  type PageServer,
  type PageServerOptions,
  serveBytes,
  serveFile,
  startPageServer,
} from '../server/page-server.ts';
import { explain, writeOutput, writeStandardOutput } from './files.ts';
import { openBrowser } from './open-browser.ts';
import { assertNamed, withInput } from './open-input.ts';
import { EXAMPLE_FILE, encodePageReport, PAGE_FOLDER } from './page-report.ts';
import { createSourceReader, readAllSources } from './served-sources.ts';

export interface ViewOptions {
  /** False: no browser. */
  readonly open: boolean;
  readonly port?: number;
  /** Write one HTML file instead of serving. */
  readonly output?: string;
  readonly embedSources?: boolean;
}

/** Prints the address, opens it, and serves until it is interrupted; or writes a report. Throws ProfilerErrors. */
export async function viewFiles(files: readonly string[], options: ViewOptions): Promise<void> {
  if (options.output !== undefined) {
    await writeOutput(options.output, await makeReport(files, options.embedSources === true));
    return;
  }
  const recordings: ServedRecording[] = [];
  for (const file of files) recordings.push(await prepare(file));
  const readSource = createSourceReader(files.filter((file) => file !== '-'));
  const server = await servePage(recordings, readSource, options);
  await writeStandardOutput(`${server.url}\n`);
  process.stderr.write('vmprof: Ctrl-C ends the server.\n');
  await waitForEnd();
  await server.close();
}

/** Starts the server, and opens the page if that is wanted. Throws `bad-usage` when the port is taken. */
export async function servePage(
  recordings: readonly ServedRecording[],
  readSource: PageServerOptions['readSource'],
  options: Pick<ViewOptions, 'open' | 'port'>,
): Promise<PageServer> {
  const files = readPageFiles(PAGE_FOLDER);
  const example = serveFile(EXAMPLE_FILE);
  const server = await startServer({ files, recordings, example, readSource, port: options.port ?? 0 });
  if (options.open) openBrowser(server.url);
  return server;
}

/** Only what can be read goes into a file that somebody else opens. */
async function makeReport(files: readonly string[], embedsSources: boolean): Promise<Uint8Array> {
  if (files.length === 0) throw new ProfilerError('bad-usage', 'Name the recordings that go into the file.');
  const recordings: { name: string; bytes: Uint8Array }[] = [];
  for (const file of files) {
    const name = file === '-' ? 'standard input' : basename(file);
    recordings.push({ name, bytes: await withInput(file, readWhole) });
  }
  const sources = await readAllSources(files, embedsSources);
  return encodePageReport({ recordings, sources });
}

async function prepare(file: string): Promise<ServedRecording> {
  if (file === '-') return serveBytes('standard input', await withInput(file, readWhole));
  assertNamed(file);
  try {
    await access(file, constants.R_OK);
    return serveFile(file);
  } catch (error) {
    throw new ProfilerError('cannot-read-file', `Cannot read ${file}: ${explain(error)}.`, {
      facts: { file },
      cause: error,
    });
  }
}

async function startServer(options: PageServerOptions): Promise<PageServer> {
  try {
    return await startPageServer(options);
  } catch (error) {
    throw new ProfilerError('bad-usage', `Cannot listen on port ${options.port}: ${messageOf(error)}.`, {
      facts: { port: options.port },
      cause: error,
    });
  }
}

/** Until a signal asks the program to end. */
export function waitForEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
