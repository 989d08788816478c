// How the page and its worker speak: recordings are opened, questions asked by number and slot. What is asked and answered is
// in messages.ts.

import type { FunctionLabel, QueryName, RecordingSummary } from './messages.ts';

/** Where the bytes of a recording come from. */
export type RecordingSource =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'blob'; readonly blob: Blob }
  /** Server-sent events of a recording that is being made. */
  | { readonly type: 'live'; readonly url: string };

export type ToWorker =
  | {
      readonly type: 'open';
      readonly recording: number;
      readonly name: string;
      readonly source: RecordingSource;
    }
  | { readonly type: 'cancel'; readonly recording: number }
  /** While a live recording is paused it is read, but not shown. */
  | { readonly type: 'pause'; readonly recording: number; readonly isPaused: boolean }
  | {
      readonly type: 'ask';
      readonly id: number;
      /** A newer question of the same slot makes this one needless. */
      readonly slot: string;
      readonly name: QueryName;
      readonly request: unknown;
    };

/** The labels of an answer: label-passing.ts. */
export interface PassedLabels {
  /** By place in the answer's labels: number of the label. */
  readonly numbers: Int32Array;
  /** Labels that were not sent before; they have the next numbers. */
  readonly fresh: readonly FunctionLabel[];
  /** All that were sent before are forgotten, and numbers begin at 0 again. */
  readonly isAnew: boolean;
}

export type FromWorker =
  | { readonly type: 'progress'; readonly recording: number; readonly read: number; readonly size: number }
  | { readonly type: 'opened'; readonly recording: number; readonly summary: RecordingSummary }
  | { readonly type: 'failed'; readonly recording: number; readonly message: string }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value: unknown;
      /** Those of the value, which has none itself. */
      readonly labels?: PassedLabels;
    }
  | { readonly type: 'needless'; readonly id: number }
  | { readonly type: 'refused'; readonly id: number; readonly message: string };
