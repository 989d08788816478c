// What tells records from bytes that look like one by chance: for files that are damaged.

import type { FieldWindow } from './field-window.ts';
import { MAX_HEADER_LENGTH, parseStaticHeader } from './layout.ts';
import { canFollow, MARKER, MAX_VERSION, measureRecord, readDepth, readVersion } from './record-length.ts';
import { createSection, type ProfSection } from './section.ts';

/** Entries of the deepest stack that is believed to be one behind damage: the original writes no deeper ones. */
const MAX_FOUND_DEPTH = 1 << 16;
/** Bytes of records of names that are not looked into. */
const USUAL_NAME = 512;
/** Languages that names begin with: `py:`, `n:`, `jit:`. */
const NAME_START = /^[a-z]{1,7}:/;

/** The name of an interpreter: `cpython`, `pypy`. */
const INTERPRETER = /^[a-z][\w. -]*$/i;

/** Whether the next record, of this length, is one that vmprof would have written: for layouts that are only tried. */
export function isUsual(window: FieldWindow, section: ProfSection, length: number): boolean {
  switch (window.byte(0)) {
    case MARKER.stack:
      return readDepth(window, section, 0) > 0;
    case MARKER.name:
    case MARKER.nativeName:
      return startsAsName(window, section, 0, length);
    default:
      return true;
  }
}

/**
 * Another profile begins at the next byte, which chance would hardly have made. Its words alone do not tell: a tag 3 with an
 * id behind it reads, in words of four bytes, as such words.
 */
export function beginsProfile(window: FieldWindow): boolean {
  window.has(MAX_HEADER_LENGTH);
  const { bytes, position, end } = window.reader;
  const header = parseStaticHeader(bytes, position, end);
  if (header === undefined || !window.has(header.length + 5)) return false;
  const at = header.length;
  const hasName = window.byte(at) === MARKER.header || window.byte(at) === MARKER.interpreter;
  if (!hasName) {
    const isAlike =
      header.layout.wordSize === window.layout.wordSize &&
      header.layout.isLittleEndian === window.layout.isLittleEndian;
    return isAlike && isConvincing(window, createSection(0, window.layout, 0, false), at);
  }
  const version = window.byte(at) === MARKER.header ? readVersion(window, at) : 0;
  const name = version === 0 ? at + 1 : version >= 4 ? at + 4 : at + 3;
  const length = window.byte(name);
  if (version > MAX_VERSION || !window.has(name + 1 + length)) return false;
  return INTERPRETER.test(new TextDecoder('latin1').decode(window.bytes(name + 1, length)));
}

/** A record stands at `at` that chance would hardly have made. */
export function isConvincing(window: FieldWindow, section: ProfSection, at: number): boolean {
  if (at === 0) chooseClock(window, section);
  const length = measureRecord(window, section, at);
  if (length < 0 || !canFollow(window, section, at + length)) return false;
  switch (window.byte(at)) {
    case MARKER.stack:
    case MARKER.allocation: {
      const depth = readDepth(window, section, at);
      return depth > 0 && depth <= MAX_FOUND_DEPTH;
    }
    case MARKER.name:
    case MARKER.nativeName:
      return startsAsName(window, section, at, length);
    case MARKER.end:
      return section.version >= 5 && window.int64(at + 1) > 0;
    default:
      return false;
  }
}

function startsAsName(window: FieldWindow, section: ProfSection, at: number, length: number): boolean {
  const head = 1 + section.layout.idSize + section.layout.wordSize;
  const start = window.bytes(at + head, Math.min(length - head, 8));
  return NAME_START.test(new TextDecoder().decode(start));
}

/**
 * Whether the next record, of this length, has others within it, because its length is damaged. `deepest`: entries of the
 * deepest stack up to now.
 */
export function hidesRecord(
  window: FieldWindow,
  section: ProfSection,
  length: number,
  deepest: number,
): boolean {
  if (!isSuspicious(window, section, length, deepest)) return false;
  for (let at = 1; at < length; at++) {
    const byte = window.byte(at);
    if (byte >= MARKER.stack && byte <= MARKER.objects && isConvincing(window, section, at)) return true;
  }
  return false;
}

/** What follows makes no sense (which may be damage behind the record), or it is much longer than others. */
function isSuspicious(window: FieldWindow, section: ProfSection, length: number, deepest: number): boolean {
  switch (window.byte(0)) {
    case MARKER.stack:
      return readDepth(window, section, 0) > 2 * deepest + 32 || !canFollow(window, section, length);
    case MARKER.name:
    case MARKER.nativeName:
      return length > USUAL_NAME || !canFollow(window, section, length);
    default:
      return false;
  }
}

/** Version 7: which of the three it is, by the first stack. */
export function chooseClock(window: FieldWindow, section: ProfSection): void {
  if (section.version < 7 || section.clock !== 'none' || !window.has(9)) return;
  const marker = window.byte(0);
  if (marker !== MARKER.stack && marker !== MARKER.allocation) return;
  if (window.word(1) === 1) section.clock = 'after';
  else if (section.meta.has('start_time_offset') || !(window.float64(1) > 1e9)) section.clock = 'seconds';
  else section.clock = 'nanoseconds';
}
