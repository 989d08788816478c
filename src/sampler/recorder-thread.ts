// Entry point of the thread that samples: see record.ts for the other side.

import { parentPort, workerData } from 'node:worker_threads';
import { assertDefined } from '../base/assert.ts';
import { ProfilerError } from '../base/errors.ts';
import { record } from './recorder.ts';
import type { RecorderInput, RecorderMessage } from './recording-options.ts';

const port = assertDefined(parentPort, 'not a worker thread');
const post = (message: RecorderMessage) => port.postMessage(message);

try {
  record(workerData as RecorderInput, post);
} catch (error) {
  // Errors lose their class on the way to another thread.
  if (!(error instanceof ProfilerError)) throw error;
  post({ kind: 'failed', code: error.code, message: error.message, facts: error.facts });
}
