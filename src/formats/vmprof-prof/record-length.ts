// How long the record at a place is, and whether there can be one. Every record is a marker byte and fields:
//
//   01 stack       word 1, word depth, depth × entry, [thread id], [memory], [time]      count word or f64 time in forks
//   02 name        id, word length, text                  08 native name: the same
//   03 end         version 5 and later: s64 seconds, s64 microseconds, 8 bytes zone; before: text of the memory map
//   04 interpreter u8 length, text                        version 0 only
//   05 header      i16 version (always big-endian), u8 mode (version 4 and later), u8 length, text
//   06 start       s64 seconds, s64 microseconds, 8 bytes zone
//   07 meta        word length, key, word length, value
//   09 allocation  as 01 (fork)                           0a objects: f64 time, word depth, depth × entry (fork)

import type { FieldWindow } from './field-window.ts';
import { parseStaticHeader } from './layout.ts';
import { MODE, type ProfSection } from './section.ts';

export const MARKER = {
  stack: 0x01,
  name: 0x02,
  end: 0x03,
  interpreter: 0x04,
  header: 0x05,
  start: 0x06,
  meta: 0x07,
  nativeName: 0x08,
  allocation: 0x09,
  objects: 0x0a,
} as const;

/** Entries of the deepest stack that is believed. vmprof itself stops at some thousand. */
export const MAX_ENTRIES = 1 << 20;
/** Bytes of the longest name, key or value that is believed. */
const MAX_TEXT = 1 << 20;
/** Newest version that is known. */
export const MAX_VERSION = 7;

/** There is no record. */
export const INVALID = -1;
/** There may be one, but the file ends within it. */
export const CUT = -2;

/** Bytes of the record at `at`, or INVALID, or CUT. */
export function measureRecord(window: FieldWindow, section: ProfSection, at: number): number {
  if (!window.has(at + 1)) return CUT;
  const { wordSize, idSize } = section.layout;
  const marker = window.byte(at);
  if (!isKnownMarker(section, marker)) return INVALID;
  switch (marker) {
    case MARKER.stack:
    case MARKER.allocation:
      return measureStack(window, section, at);
    case MARKER.name:
    case MARKER.nativeName:
      return measureTexts(window, at, 1 + idSize, 1, wordSize);
    case MARKER.end:
      return measureEnd(window, section, at);
    case MARKER.start:
      return window.has(at + 25) ? (isTime(window, at + 1) ? 25 : INVALID) : CUT;
    case MARKER.meta:
      return measureTexts(window, at, 1, 2, wordSize);
    case MARKER.objects: {
      if (!window.has(at + 9 + wordSize)) return CUT;
      const depth = window.word(at + 9);
      if (depth < 0 || depth > MAX_ENTRIES) return INVALID;
      const length = 9 + wordSize + depth * section.layout.addressSize;
      return window.has(at + length) ? length : CUT;
    }
    default:
      return measureHeader(window, marker, at);
  }
}

/** Where the parts of a stack record stand, from its marker on. */
export interface StackParts {
  /** Of the first entry. */
  entries: number;
  depth: number;
  thread: number;
  /** -1: no memory in this one. */
  memory: number;
  /** Behind thread and memory; meaningful in one clock only. */
  time: number;
}

/** Entries of the stack record at `at`, which was measured. */
export function readDepth(window: FieldWindow, section: ProfSection, at: number): number {
  return window.word(at + 1 + countSize(section));
}

/** The parts of a stack record that was measured. */
export function locateStackParts(
  window: FieldWindow,
  section: ProfSection,
  length: number,
  parts: StackParts,
): void {
  const { wordSize, addressSize, padding } = section.layout;
  const head = 1 + countSize(section) + wordSize + padding;
  parts.entries = head;
  parts.depth = readDepth(window, section, 0);
  parts.thread = head + parts.depth * addressSize;
  const behindThread = parts.thread + (section.version >= 1 ? addressSize : 0);
  parts.time = length - (section.clock === 'after' ? 8 : 0);
  parts.memory = behindThread < parts.time && (section.mode & MODE.memory) !== 0 ? behindThread : -1;
}

/** What can follow a record: another one, another profile, or the end of the file. */
export function canFollow(window: FieldWindow, section: ProfSection, at: number): boolean {
  return !window.has(at + 1) || isKnownMarker(section, window.byte(at));
}

function isKnownMarker(section: ProfSection, marker: number): boolean {
  if (marker < MARKER.stack) return false;
  if (section.version === 0) return marker <= MARKER.header;
  if (marker === MARKER.interpreter) return false;
  return marker <= (section.version >= 7 ? MARKER.objects : MARKER.nativeName);
}

function countSize(section: ProfSection): number {
  return hasTimeAsCount(section) ? 8 : section.layout.wordSize;
}

/** The forks of version 7 have a double in the place of the count word. */
function hasTimeAsCount({ clock }: ProfSection): boolean {
  return clock === 'seconds' || clock === 'nanoseconds';
}

function measureStack(window: FieldWindow, section: ProfSection, at: number): number {
  const { wordSize, addressSize, padding } = section.layout;
  const head = 1 + countSize(section) + wordSize + padding;
  if (!window.has(at + head)) return CUT;
  if (!hasTimeAsCount(section) && window.word(at + 1) !== 1) return INVALID;
  const depth = readDepth(window, section, at);
  if (depth < 0 || depth > MAX_ENTRIES) return INVALID;
  const base = head + depth * addressSize + (section.version >= 1 ? addressSize : 0);
  const time = section.clock === 'after' ? 8 : 0;
  const hasMemory = (section.mode & MODE.memory) !== 0;
  const usual = base + (hasMemory ? addressSize : 0) + time;
  // Where the memory could not be read its word is missing, and a run without memory can have one by mistake.
  const other = base + (hasMemory ? 0 : addressSize) + time;
  if (window.has(at + usual) && canFollow(window, section, at + usual)) return usual;
  if (section.version >= 3 && window.has(at + other) && canFollow(window, section, at + other)) return other;
  return window.has(at + usual) ? usual : CUT;
}

/** Bytes up to `first`, then so many texts with their lengths before them. */
function measureTexts(
  window: FieldWindow,
  at: number,
  first: number,
  count: number,
  wordSize: number,
): number {
  let length = first;
  for (let text = 0; text < count; text++) {
    if (!window.has(at + length + wordSize)) return CUT;
    const size = window.word(at + length);
    if (size < 0 || size > MAX_TEXT) return INVALID;
    length += wordSize + size;
  }
  return window.has(at + length) ? length : CUT;
}

function measureHeader(window: FieldWindow, marker: number, at: number): number {
  if (marker === MARKER.interpreter) {
    if (!window.has(at + 2)) return CUT;
    const length = 2 + window.byte(at + 1);
    return window.has(at + length) ? length : CUT;
  }
  if (!window.has(at + 5)) return CUT;
  const version = readVersion(window, at);
  if (version < 1 || version > 0xff) return INVALID;
  const head = version >= 4 ? 5 : 4;
  const length = head + window.byte(at + head - 1);
  return window.has(at + length) ? length : CUT;
}

/** The version in a header record. */
export function readVersion(window: FieldWindow, at: number): number {
  return (window.byte(at + 1) << 8) | window.byte(at + 2);
}

function measureEnd(window: FieldWindow, section: ProfSection, at: number): number {
  if (section.version >= 5) return window.has(at + 25) ? (isTime(window, at + 1) ? 25 : INVALID) : CUT;
  // Nothing, another profile, or lines of text.
  if (!window.has(at + 2)) return 1;
  const next = window.byte(at + 1);
  if (next >= 0x20 && next < 0x7f) return 1;
  window.has(at + 41);
  const { bytes, position, end } = window.reader;
  return parseStaticHeader(bytes, position + at + 1, end) === undefined ? INVALID : 1;
}

/** Seconds and microseconds of a clock that has been set at all. */
function isTime(window: FieldWindow, at: number): boolean {
  const seconds = window.int64(at);
  const microseconds = window.int64(at + 8);
  return seconds >= 0 && seconds < 2 ** 40 && microseconds >= 0 && microseconds < 1_000_000;
}
