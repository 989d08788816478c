// Recording from the main thread: starts the thread that samples, and hands on what it sends.

import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ProfilerError } from '../base/errors.ts';
import { createWakeFd } from './process/waiter.ts';
import type {
  RecorderInput,
  RecorderMessage,
  RecordingOptions,
  RecordingProgress,
  RecordingResult,
} from './recording-options.ts';

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
  const result = new Promise<RecordingResult>((resolve, reject) => {
    let done: RecordingResult | undefined;
    worker.on('message', (message: RecorderMessage) => {
      switch (message.kind) {
        case 'started':
          return listener.onStart(message.pid);
        case 'bytes':
          return listener.onBytes(message.bytes, message.progress);
        case 'warning':
          return listener.onWarning(message.message);
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
  const wake = new BigUint64Array([1n]);
  return { result, stop: () => void writeSync(wakeFd, wake) };
}
