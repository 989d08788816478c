// A profile within a `.prof` file: what the five words and the header record say, and what was met up to now. A file has
// one for each time that profiling was enabled while the file was open.

import type { ProfLayout } from './layout.ts';

/** Bits of the mode byte (version 4 and later). */
export const MODE = { memory: 1, lines: 2, native: 4, tagged: 8, realTime: 16 } as const;

/**
 * Three incompatible formats call themselves version 7; each has a time in every sample.
 *
 * - `after`: nanoseconds behind thread and memory (vmprof 0.5 and later), of the process's CPU clock unless in real time
 * - `seconds`, `nanoseconds`: a double in the place of the count word (two forks), of the monotonic clock
 */
export type SampleClock = 'none' | 'after' | 'seconds' | 'nanoseconds';

/** A line of the memory map at the end of old files. */
export interface ProfMapping {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly file: string;
}

export interface ProfSection {
  /** Where the five words stand. */
  readonly offset: number;
  readonly layout: ProfLayout;
  /** In microseconds, as asked for. */
  readonly period: number;
  /** The format before version 0, that of gperftools: counted stacks without markers. */
  readonly isSlots: boolean;
  version: number;
  /** MODE bits; those that old versions do not write down are filled in. */
  mode: number;
  /** `cpython`, `pypy`; empty where the file does not say. */
  interpreter: string;
  /** Stacks are pairs of a tag and a value. */
  isTagged: boolean;
  hasHeader: boolean;
  clock: SampleClock;
  /** Wall clock, in microseconds since 1970. */
  startTime: number | undefined;
  endTime: number | undefined;
  /** Name of a time zone; nearly always empty. */
  zone: string;
  readonly meta: Map<string, string>;
  readonly mappings: ProfMapping[];
  /** The end mark was met. */
  isEnded: boolean;
}

export function createSection(
  offset: number,
  layout: ProfLayout,
  period: number,
  isSlots: boolean,
): ProfSection {
  return {
    offset,
    layout,
    period,
    isSlots,
    version: 0,
    mode: 0,
    interpreter: '',
    isTagged: false,
    hasHeader: false,
    clock: 'none',
    startTime: undefined,
    endTime: undefined,
    zone: '',
    meta: new Map(),
    mappings: [],
    isEnded: false,
  };
}

/** Length by the wall clock, in nanoseconds; undefined where the file does not tell. */
export function getSectionDuration({ startTime, endTime }: ProfSection): number | undefined {
  if (startTime === undefined || endTime === undefined || endTime <= startTime) return undefined;
  return (endTime - startTime) * 1000;
}
