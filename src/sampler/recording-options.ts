// What a recording is asked to do, and what it tells while it runs: the messages between the thread that samples and the one
// that writes.

import type { ErrorCode } from '../base/errors.ts';
import type { CacheEntry } from './native/disk-cache.ts';
import type { ExitStatus, LaunchStreams } from './process/launch.ts';

/** What to record. */
export type Target =
  | {
      readonly kind: 'launch';
      readonly command: readonly string[];
      /** Ours unless said otherwise. */
      readonly streams?: LaunchStreams;
    }
  | { readonly kind: 'attach'; readonly pid: number };

export interface RecordingOptions {
  readonly target: Target;
  /** Mean time between samples of a thread, in nanoseconds; 0 for as often as possible. */
  readonly period: number;
  /** Gaps vary at random (exponential distribution) instead of being equal. */
  readonly exponential: boolean;
  /** Record for so many nanoseconds at the most; a launched program goes on to its end. */
  readonly duration: number | undefined;
  /** Record child processes too. */
  readonly followChildren: boolean;
  /** A launched program's end is waited for even when the recording was stopped before; true unless said otherwise. */
  readonly awaitExit?: boolean;
  /** Native frames are recorded, too: those of the interpreter's own machinery only if all are wanted. Otherwise none. */
  readonly native?: 'without-interpreter' | 'all' | undefined;
  /** Debug files are taken from the cache of debuginfod, and fetched into it. */
  readonly debuginfod?: boolean;
  /** Time between two appends to the recording, in nanoseconds. */
  readonly flushInterval: number;
}

/** How far a recording is. */
export interface RecordingProgress {
  /** Time since the start, in nanoseconds. */
  readonly elapsed: number;
  readonly samples: number;
  /** Rounds per second since the last message. */
  readonly rate: number;
  readonly lost: number;
  readonly processes: number;
  /** Resident bytes of all processes. */
  readonly resident: number;
}

/** How a recording ended. */
export interface RecordingResult {
  /** How the launched program ended; undefined when it was attached to, or still runs. */
  readonly exit: ExitStatus | undefined;
  /** An interpreter was found in at least one process. */
  readonly foundPython: boolean;
  readonly samples: number;
}

/** From the thread that samples. */
export type RecorderMessage =
  | { readonly kind: 'started'; readonly pid: number }
  /** Bytes to append to the recording. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly progress: RecordingProgress }
  | { readonly kind: 'warning'; readonly message: string }
  /** The file at `path` was stripped: its debug information is wanted. */
  | { readonly kind: 'debug-file-wanted'; readonly buildId: string; readonly path: string }
  /** To be kept for the next recording. */
  | { readonly kind: 'unwind-table-made'; readonly entry: CacheEntry }
  | { readonly kind: 'done'; readonly result: RecordingResult }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly facts: Readonly<Record<string, string | number>>;
    };

/** To the thread that samples, when it is made. */
export interface RecorderInput {
  readonly options: RecordingOptions;
  /** See createWakeFd: asks to stop. */
  readonly wakeFd: number;
  readonly producer: string;
}
