// Walks through the records of a `.prof` file and shows them to a visitor. What is damaged is passed over up to the next
// place where a record and what follows it make sense; a record that the end of the file cuts is left out.

import { ProfilerError } from '../../base/errors.ts';
import { decodeText } from '../../base/text-bytes.ts';
import type { Input } from '../input.ts';
import { type Damage, DamageLog } from './damage.ts';
import { FieldWindow } from './field-window.ts';
import { MAX_HEADER_LENGTH, parseStaticHeader } from './layout.ts';
import { readMapping } from './maps.ts';
import { chooseNarrowLayout, type ParserMemory } from './narrow-layout.ts';
import {
  CUT,
  canFollow,
  INVALID,
  locateStackParts,
  MARKER,
  MAX_ENTRIES,
  MAX_VERSION,
  measureRecord,
  readVersion,
  type StackParts,
} from './record-length.ts';
import { beginsProfile, chooseClock, hidesRecord, isConvincing } from './recovery.ts';
import { createSection, MODE, type ProfSection } from './section.ts';

/** A stack record. The same object is used for every record: what is to be kept has to be copied. */
export interface RawSample {
  /** Entries in use, as they stand in the file: the innermost frame first. */
  depth: number;
  /** Lower and upper halves of the entries. */
  low: Uint32Array;
  high: Uint32Array;
  threadLow: number;
  threadHigh: number;
  /** Resident memory in KiB; -1: not known. */
  memory: number;
  /** In nanoseconds of the section's clock; NaN: none. */
  time: number;
  /** Samples that the record stands for. */
  count: number;
  /** A sample of an allocation, not of time. */
  isAllocation: boolean;
}

export interface ProfVisitor {
  onSection?(section: ProfSection): void;
  onSample?(section: ProfSection, sample: RawSample): void;
  onName?(section: ProfSection, low: number, high: number, text: string, isNative: boolean): void;
  /** Objects that an allocation sample counted (a fork's record). */
  onObjects?(section: ProfSection, count: number): void;
}

/** Profiles in one file that are read. Each takes some memory, and a header has 20 bytes. */
export const MAX_SECTIONS = 1000;
/** Bytes of memory map that are read. */
const MAX_MAPS = 1 << 22;
/** Lines of it. */
const MAX_MAPPINGS = 1 << 16;

/** Shows all records of the input. Throws `not-a-recording` when it begins with no header, `newer-recording`. */
export function parseProf(input: Input, visitor: ProfVisitor, memory: ParserMemory): Damage {
  return new ProfParser(input, visitor, memory).run();
}

class ProfParser {
  readonly #input: Input;
  readonly #visitor: ProfVisitor;
  readonly #memory: ParserMemory;
  readonly #window: FieldWindow;
  readonly #damage = new DamageLog();
  readonly #parts: StackParts = { entries: 0, depth: 0, thread: 0, memory: 0, time: 0 };
  readonly #sample: RawSample = {
    depth: 0,
    low: new Uint32Array(1024),
    high: new Uint32Array(1024),
    threadLow: 0,
    threadHigh: 0,
    memory: -1,
    time: Number.NaN,
    count: 1,
    isAllocation: false,
  };
  #section: ProfSection;
  #sections = 0;
  /** Entries of the deepest stack up to now. */
  #deepest = 0;

  constructor(input: Input, visitor: ProfVisitor, memory: ParserMemory) {
    this.#input = input;
    this.#visitor = visitor;
    this.#memory = memory;
    this.#window = new FieldWindow(input.blocks());
    this.#section = createSection(0, this.#window.layout, 0, false);
  }

  run(): Damage {
    if (!this.#beginSection()) {
      throw new ProfilerError(
        'not-a-recording',
        'The file is no profile of vmprof: it does not begin with the words 0, 3, 0 of its header.',
      );
    }
    const { reader } = this.#window;
    while (!reader.isAtEnd) {
      if (this.#section.isSlots) this.#readSlots();
      else if (!this.#readRecord()) break;
    }
    if (!this.#section.isEnded) this.#damage.addUnended();
    return this.#damage.finish(reader.offset);
  }

  /** Reads the words of a profile that begins here; false when none does. */
  #beginSection(): boolean {
    const { reader } = this.#window;
    reader.ensure(MAX_HEADER_LENGTH);
    const header = parseStaticHeader(reader.bytes, reader.position, reader.end);
    if (header === undefined || this.#sections === MAX_SECTIONS) return false;
    const offset = reader.offset;
    reader.position += header.length;
    const layout = header.isAmbiguous
      ? chooseNarrowLayout(this.#input, offset, header.layout, this.#memory)
      : header.layout;
    this.#window.layout = layout;
    const section = createSection(offset, layout, header.period, false);
    this.#section = this.#looksLikeSlots(section) ? { ...section, isSlots: true } : section;
    this.#sections++;
    this.#visitor.onSection?.(this.#section);
    return true;
  }

  /** Whether counted stacks follow, which have no markers: a small count reads as a marker with zeros behind it. */
  #looksLikeSlots(section: ProfSection): boolean {
    const window = this.#window;
    const { wordSize } = window.layout;
    if (!window.has(2 * wordSize)) return false;
    const count = window.word(0);
    const depth = window.word(wordSize);
    if (count < 0 || count > 0x7fff_ffff || depth < 1 || depth > MAX_ENTRIES) return false;
    const length = measureRecord(window, section, 0);
    return length < 0 || !canFollow(window, section, length);
  }

  #readSlots(): void {
    const window = this.#window;
    const { wordSize, addressSize } = window.layout;
    const count = window.has(2 * wordSize) ? window.word(0) : -1;
    const depth = count < 0 ? 0 : window.word(wordSize);
    const length = 2 * wordSize + depth * addressSize;
    if (count < 0 || depth < 0 || depth > MAX_ENTRIES || !window.has(length)) {
      this.#damage.addLoss(window.reader.offset, this.#skipRest(), 'a stack is cut or damaged');
      return;
    }
    const isEnd = count === 0 && depth === 1;
    if (!isEnd) {
      const sample = this.#sample;
      this.#readEntries(2 * wordSize, depth);
      sample.threadLow = 0;
      sample.threadHigh = 0;
      sample.memory = -1;
      sample.time = Number.NaN;
      sample.count = count;
      sample.isAllocation = false;
      this.#visitor.onSample?.(this.#section, sample);
    }
    window.reader.position += length;
    if (isEnd) this.#readMaps();
  }

  /** Reads a record, or finds the next one; false when there is none. */
  #readRecord(): boolean {
    const window = this.#window;
    const { reader } = window;
    if (this.#section.isEnded && this.#beginSection()) return true;
    chooseClock(window, this.#section);
    const length = this.#section.isEnded ? INVALID : measureRecord(window, this.#section, 0);
    if (length > 0 && hidesRecord(window, this.#section, length, this.#deepest))
      return this.#resynchronise('a length is wrong');
    if (length > 0 && this.#readFields(length)) return true;
    return this.#resynchronise(length === CUT ? 'a record is cut' : this.#describeByte(reader));
  }

  #describeByte(reader: { readonly bytes: Uint8Array; readonly position: number }): string {
    if (this.#section.isEnded) return 'something follows the end mark';
    const byte = reader.bytes[reader.position].toString(16).padStart(2, '0');
    return `no record begins with the byte ${byte} and what follows it`;
  }

  /** Goes on to the next byte where a record stands that is followed by something sensible. */
  #resynchronise(reason: string): boolean {
    const window = this.#window;
    const { reader } = window;
    const start = reader.offset;
    reader.position++;
    for (; reader.ensure(1); reader.position++) {
      const byte = reader.bytes[reader.position];
      // Words of a header begin with zeros.
      if (byte > MARKER.objects) continue;
      if (byte === 0) {
        if (!beginsProfile(window)) continue;
        this.#damage.addLoss(start, reader.offset - start, reason);
        return this.#beginSection() || this.#giveUp(reader.offset);
      }
      if (!isConvincing(window, this.#section, 0)) continue;
      this.#section.isEnded = false;
      this.#damage.addLoss(start, reader.offset - start, reason);
      return true;
    }
    this.#damage.addTail(start, reader.offset - start, reason);
    return false;
  }

  #giveUp(offset: number): boolean {
    this.#damage.addTail(offset, this.#skipRest(), `there are more than ${MAX_SECTIONS} profiles`);
    return false;
  }

  /** Takes in the record of this length; false when it makes no sense. */
  #readFields(length: number): boolean {
    const window = this.#window;
    const section = this.#section;
    const { reader } = window;
    const { wordSize, idSize } = section.layout;
    const marker = window.byte(0);
    switch (marker) {
      case MARKER.stack:
      case MARKER.allocation:
        this.#readSample(length, marker === MARKER.allocation);
        break;
      case MARKER.name:
      case MARKER.nativeName: {
        const head = 1 + idSize + wordSize;
        this.#visitor.onName?.(
          section,
          window.low(1, idSize),
          window.high(1, idSize),
          readText(window.bytes(head, length - head)),
          marker === MARKER.nativeName,
        );
        break;
      }
      case MARKER.interpreter:
        section.interpreter = readText(window.bytes(2, length - 2));
        break;
      case MARKER.header:
        if (!this.#readHeader(length)) return false;
        break;
      case MARKER.start:
        section.startTime = window.int64(1) * 1e6 + window.int64(9);
        section.zone = readText(window.bytes(17, 8)).replaceAll('\u0000', '');
        break;
      case MARKER.meta: {
        const keyLength = window.word(1);
        const key = readText(window.bytes(1 + wordSize, keyLength));
        const head = 1 + 2 * wordSize + keyLength;
        section.meta.set(key, readText(window.bytes(head, length - head)));
        break;
      }
      case MARKER.objects:
        this.#visitor.onObjects?.(section, window.word(9));
        break;
      default:
        section.isEnded = true;
        if (length > 1) section.endTime = window.int64(1) * 1e6 + window.int64(9);
    }
    reader.position += length;
    if (marker === MARKER.end && length === 1) this.#readMaps();
    return true;
  }

  #readHeader(length: number): boolean {
    const window = this.#window;
    const section = this.#section;
    if (section.hasHeader) return false;
    const version = readVersion(window, 0);
    if (version > MAX_VERSION) {
      throw new ProfilerError(
        'newer-recording',
        `The profile is of version ${version} of vmprof's format, and this vmprof reads up to ${MAX_VERSION}. A newer vmprof is needed.`,
        { facts: { version } },
      );
    }
    const head = version >= 4 ? 5 : 4;
    section.version = version;
    section.interpreter = readText(window.bytes(head, length - head));
    section.mode = version >= 4 ? window.byte(3) : version === 3 ? MODE.memory : 0;
    section.isTagged = (section.mode & MODE.tagged) !== 0 || (section.interpreter === 'pypy' && version >= 2);
    section.hasHeader = true;
    return true;
  }

  #readSample(length: number, isAllocation: boolean): void {
    const window = this.#window;
    const section = this.#section;
    const { addressSize } = section.layout;
    const parts = this.#parts;
    const sample = this.#sample;
    locateStackParts(window, section, length, parts);
    this.#readEntries(parts.entries, parts.depth);
    this.#deepest = Math.max(this.#deepest, parts.depth);
    const hasThread = section.version >= 1;
    sample.threadLow = hasThread ? window.low(parts.thread, addressSize) : 0;
    sample.threadHigh = hasThread ? window.high(parts.thread, addressSize) : 0;
    const memory = parts.memory < 0 ? -1 : window.low(parts.memory, addressSize);
    // -1 where it could not be read, 0 where it cannot.
    sample.memory = memory === 0 || memory >= 0x7fff_ffff ? -1 : memory;
    sample.count = 1;
    sample.isAllocation = isAllocation;
    if (section.clock === 'after') sample.time = window.int64(parts.time);
    else if (section.clock === 'seconds') sample.time = window.float64(1) * 1e9;
    else sample.time = section.clock === 'nanoseconds' ? window.float64(1) : Number.NaN;
    this.#visitor.onSample?.(section, sample);
  }

  #readEntries(at: number, depth: number): void {
    const window = this.#window;
    const { addressSize, padding } = window.layout;
    const sample = this.#sample;
    if (depth > sample.low.length) {
      sample.low = new Uint32Array(depth * 2);
      sample.high = new Uint32Array(depth * 2);
    }
    sample.depth = depth;
    for (let i = 0, place = at; i < depth; i++, place += addressSize) {
      sample.low[i] = window.low(place, addressSize);
      // Where there is padding, names have ids of four bytes, and so have entries.
      sample.high[i] = padding === 0 ? window.high(place, addressSize) : 0;
    }
  }

  /** The memory map, which reaches to the end of the file unless another profile follows. */
  #readMaps(): void {
    const { reader } = this.#window;
    this.#section.isEnded = true;
    if (reader.isAtEnd) return;
    reader.ensure(MAX_MAPS);
    if (parseStaticHeader(reader.bytes, reader.position, reader.end) !== undefined) return;
    const text = new TextDecoder('latin1').decode(
      reader.bytes.subarray(reader.position, Math.min(reader.end, reader.position + MAX_MAPS)),
    );
    const { mappings } = this.#section;
    for (const line of text.split('\n')) {
      const mapping = readMapping(line);
      if (mapping !== undefined && mappings.length < MAX_MAPPINGS) mappings.push(mapping);
    }
    mappings.sort((one, other) => one.start - other.start);
    this.#skipRest();
  }

  #skipRest(): number {
    return this.#window.reader.skip(Number.MAX_SAFE_INTEGER);
  }
}

function readText(bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch {
    // Names are not checked by those who write them: what is no UTF-8 in one becomes `\ufffd`.
    return new TextDecoder().decode(bytes);
  }
}
