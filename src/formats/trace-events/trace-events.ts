// Chrome's trace events: what chrome://tracing, DevTools, Perfetto, viztracer and many others write and read. A list of events, or
// an object with one; the list may be cut anywhere. https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

import type { FileHead, Format } from '../format.ts';
import { readJsonHead } from '../json/json-head.ts';
import { exportTraceEvents, TRACE_EVENTS_CARRIED } from './trace-events-export.ts';
import { importTraceEvents } from './trace-events-import.ts';

export const TRACE_EVENTS_FORMAT: Format = {
  name: 'trace-events',
  title: 'Chrome trace events',
  extensions: ['.trace.json', '.trace'],
  matches,
  importProfile: importTraceEvents,
  exportProfile: exportTraceEvents,
  carries: TRACE_EVENTS_CARRIED,
  remarks: {
    usedBy: 'chrome://tracing, DevTools, Perfetto, viztracer, Hermes',
    losses: [
      'A sample that weighs more than the time until the next one of its thread moves those behind it.',
    ],
    limits: [
      'A list or an object with one, cut anywhere. CPU profiles or samples in a file are read instead of its events.',
      'Read are begin, end and complete events, counters and names; of asynchronous, flow and instant events the number is told.',
      'Written are begin and end events, counters and names, in whole nanoseconds.',
    ],
  },
};

function matches({ bytes }: FileHead): boolean {
  const head = readJsonHead(bytes);
  if (head === undefined) return false;
  if (head.kind === 'object') return head.keys.includes('traceEvents');
  const text = new TextDecoder().decode(bytes);
  return head.keys.includes('ph') || /"ph"\s*:\s*"/.test(text);
}
