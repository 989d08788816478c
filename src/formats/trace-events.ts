// Chrome's trace events: what chrome://tracing, DevTools, Perfetto, viztracer and many others write and read. A list of events, or
// an object with one; the list may be cut anywhere. https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

import type { FileHead, Format } from './format.ts';
import { readJsonHead } from './json-head.ts';
import { exportTraceEvents } from './trace-events-export.ts';
import { importTraceEvents } from './trace-events-import.ts';

export const TRACE_EVENTS_FORMAT: Format = {
  name: 'trace-events',
  title: 'Chrome trace events',
  extensions: ['.trace.json', '.trace'],
  matches,
  importProfile: importTraceEvents,
  exportProfile: exportTraceEvents,
};

function matches({ bytes }: FileHead): boolean {
  const head = readJsonHead(bytes);
  if (head === undefined) return false;
  if (head.kind === 'object') return head.keys.includes('traceEvents');
  const text = new TextDecoder().decode(bytes);
  return head.keys.includes('ph') || /"ph"\s*:\s*"/.test(text);
}
