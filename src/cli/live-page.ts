// The page that shows a recording while it is made (`--web`).

import { basename } from 'node:path';
import { LiveRecording } from '../server/live-recording.ts';
import { serveLive } from '../server/page-server.ts';
import { say } from './console.ts';
import { createSourceReader } from './served-sources.ts';
import { servePage, waitForEnd } from './view-files.ts';

export interface LivePage {
  append(bytes: Uint8Array): void;
  /** Tells the page that the recording is whole, and goes on serving it until Ctrl-C. */
  serveUntilInterrupted(): Promise<void>;
  close(): Promise<void>;
}

/** Starts to serve a recording that is being written to a file, and opens it. Throws ProfilerErrors. */
export async function openLivePage(file: string, opensBrowser: boolean): Promise<LivePage> {
  const live = new LiveRecording(basename(file));
  const readSource = createSourceReader([file], () => !live.isOver);
  const server = await servePage([serveLive(live)], readSource, { open: opensBrowser });
  // Standard output is the program's own.
  say(`the page is ${server.url}`);
  return {
    append: (bytes) => live.append(bytes),
    serveUntilInterrupted: async () => {
      live.end();
      say('the page stays until Ctrl-C.');
      await waitForEnd();
      await server.close();
    },
    close: () => server.close(),
  };
}
