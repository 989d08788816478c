// Recording from the main thread: starts the thread that samples, and hands on what it sends.

import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ProfilerError } from '../base/errors.ts';
import { unwindCache } from './native/caches.ts';
import { DebugFileFetcher } from './native/debuginfod.ts';
import { writeCacheFile } from './native/disk-cache.ts';
import { createWakeFd } from './process/waiter.ts';
import type {
  RecorderInput,
  RecorderMessage,
  RecordingOptions,
  RecordingProgress,
  RecordingResult,
} from './recording-options.ts';

/** How long the end of a recording waits for debug files, in milliseconds: they are for the next one only. */
const FETCH_PATIENCE = 10_000;
/** The same when somebody has asked to stop. */
const STOPPED_PATIENCE = 2_000;

/** What a recording tells while it runs. */
export interface RecordingListener {
  onStart(pid: number): void;
  /** Bytes to append to the recording. */
  onBytes(bytes: Uint8Array, progress: RecordingProgress): void;
  onWarning(message: string): void;
}

/** A recording that runs. */
export interface Recording {
  /** Fulfilled at its end; rejected with a ProfilerError when it could not begin. */
  readonly result: Promise<RecordingResult>;
  /** Ends the recording; a launched program goes on. */
  stop(): void;
}

/** Begins to record. */
export function startRecording(
  options: RecordingOptions,
  producer: string,
  listener: RecordingListener,
): Recording {
  const wakeFd = createWakeFd();
  const input: RecorderInput = { options, wakeFd, producer };
  const worker = new Worker(new URL('./recorder-thread.js', import.meta.url), {
    workerData: input,
    // Otherwise Node opens our own streams to pass the thread's on, which makes pipes non-blocking for the program too.
    stdout: true,
    stderr: true,
  });
  const warn = (message: string): void => listener.onWarning(message);
  const fetcher = options.native && options.debuginfod ? new DebugFileFetcher({ warn }) : undefined;
  let isStopped = false;
  const ended = new Promise<RecordingResult>((resolve, reject) => {
    let done: RecordingResult | undefined;
    worker.on('message', (message: RecorderMessage) => {
      switch (message.kind) {
        case 'started':
          return listener.onStart(message.pid);
        case 'bytes':
          return listener.onBytes(message.bytes, message.progress);
        case 'warning':
          return warn(message.message);
        case 'debug-file-wanted':
          return fetcher?.ask(message.buildId, message.path);
        case 'unwind-table-made':
          return writeCacheFile(unwindCache(), message.entry);
        case 'done':
          done = message.result;
          return;
        case 'failed':
          return reject(new ProfilerError(message.code, message.message, { facts: { ...message.facts } }));
      }
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      if (done !== undefined) resolve(done);
      else reject(new Error('the sampling thread ended without a result'));
    });
  });
  const result =
    fetcher === undefined
      ? ended
      : ended.finally(() => finishFetching(fetcher, isStopped ? STOPPED_PATIENCE : FETCH_PATIENCE, warn));
  const wake = new BigUint64Array([1n]);
  const stop = (): void => {
    isStopped = true;
    writeSync(wakeFd, wake);
  };
  return { result, stop };
}

async function finishFetching(
  fetcher: DebugFileFetcher,
  patience: number,
  warn: (message: string) => void,
): Promise<void> {
  if (fetcher.isBusy) {
    warn(
      `Debug information is still coming, for the next recording: waiting for ${patience / 1000} seconds at the most.`,
    );
  }
  await fetcher.finish(patience);
}
