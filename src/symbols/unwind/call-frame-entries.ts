// The entries of .eh_frame and .debug_frame: common information (CIE) and one description (FDE) for each function.
// DWARF 5 section 6.4.1; .eh_frame: Linux Standard Base, "Exception Frames".

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';

/** What many functions share. */
export interface CommonInformation {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  /** How addresses are written: one of the DW_EH_PE values. */
  readonly pointerEncoding: number;
  /** A frame that a signal handler returns to. */
  readonly isSignal: boolean;
  readonly hasAugmentation: boolean;
  /** Instructions that every description begins with: a range of the section. */
  readonly begin: number;
  readonly end: number;
}

/** One function, or a part of one. */
export interface FrameDescription {
  readonly common: CommonInformation;
  /** Link-time addresses: first one, and first one behind. */
  readonly start: number;
  readonly limit: number;
  /** Its instructions: a range of the section. */
  readonly begin: number;
  readonly end: number;
}

/** A section with frame entries. */
export interface FrameSection {
  readonly kind: 'eh_frame' | 'debug_frame';
  readonly bytes: Uint8Array;
  /** Link-time address of the section. */
  readonly address: number;
}

const ABSOLUTE = 0x00;
const PC_RELATIVE = 0x10;
const OMITTED = 0xff;

/** All descriptions that can be understood, in order of their start. Damage ends the list; it is no error. */
export function readFrameDescriptions(section: FrameSection): FrameDescription[] {
  const descriptions: FrameDescription[] = [];
  const commons = new Map<number, CommonInformation | undefined>();
  const { bytes } = section;
  let at = 0;
  while (at + 4 <= bytes.length) {
    const entry = readEntry(section, at);
    if (entry === undefined) break;
    at = entry.end;
    if (entry.commonAt === undefined) continue;
    if (!commons.has(entry.commonAt)) commons.set(entry.commonAt, readCommon(section, entry.commonAt));
    const common = commons.get(entry.commonAt);
    const description = common && readDescription(section, entry, common);
    if (description !== undefined) descriptions.push(description);
  }
  return descriptions.sort((a, b) => a.start - b.start);
}

interface Entry {
  /** Where what follows the identification begins, and where the entry ends. */
  readonly body: number;
  readonly end: number;
  /** Where its common information stands; undefined when it is one. */
  readonly commonAt: number | undefined;
}

/** Undefined at the end of the section. */
function readEntry(section: FrameSection, at: number): Entry | undefined {
  const { bytes, kind } = section;
  try {
    const cursor = new DwarfCursor(bytes, at);
    let length = cursor.u32();
    const is64Bit = length === 0xffff_ffff;
    if (is64Bit) length = cursor.u64();
    if (length === 0) {
      // In .eh_frame the end; linkers put such ends in the middle, too, when they join files.
      return at + 4 < bytes.length ? { body: at + 4, end: at + 4, commonAt: undefined } : undefined;
    }
    const idAt = cursor.at;
    const end = idAt + length;
    if (end > bytes.length) return undefined;
    const id = is64Bit && kind === 'debug_frame' ? cursor.u64() : cursor.u32();
    const isCommon =
      kind === 'eh_frame' ? id === 0 : is64Bit ? id >= 0xffff_ffff_0000_0000 : id === 0xffff_ffff;
    const commonAt = kind === 'eh_frame' ? idAt - id : id;
    return { body: cursor.at, end, commonAt: isCommon ? undefined : commonAt };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function readCommon(section: FrameSection, at: number): CommonInformation | undefined {
  const entry = at >= 0 && at < section.bytes.length ? readEntry(section, at) : undefined;
  if (entry === undefined || entry.commonAt !== undefined || entry.body === entry.end) return undefined;
  try {
    return parseCommon(section, entry);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function parseCommon(section: FrameSection, entry: Entry): CommonInformation | undefined {
  const cursor = new DwarfCursor(section.bytes, entry.body, entry.end);
  const version = cursor.u8();
  if (version !== 1 && version !== 3 && version !== 4) return undefined;
  const augmentation = cursor.text();
  // Addresses of eight bytes, without segments.
  if (version === 4 && (cursor.u8() !== 8 || cursor.u8() !== 0)) return undefined;
  const codeAlignment = cursor.uleb();
  const dataAlignment = cursor.sleb();
  if (version === 1) cursor.u8();
  else cursor.uleb();
  const hasAugmentation = augmentation.startsWith('z');
  if (augmentation !== '' && !hasAugmentation) return undefined;
  let pointerEncoding = ABSOLUTE;
  let isSignal = false;
  if (hasAugmentation) {
    const length = cursor.uleb();
    const begin = cursor.at + length;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') pointerEncoding = cursor.u8();
      else if (letter === 'L') cursor.u8();
      else if (letter === 'P') readPointer(cursor, cursor.u8(), 0);
      else if (letter === 'S') isSignal = true;
      // Of arm64: how return addresses are signed. Its data is none.
      else if (letter !== 'B' && letter !== 'G') break;
    }
    cursor.at = Math.min(begin, entry.end);
  }
  return {
    codeAlignment,
    dataAlignment,
    pointerEncoding,
    isSignal,
    hasAugmentation,
    begin: cursor.at,
    end: entry.end,
  };
}

function readDescription(
  section: FrameSection,
  entry: Entry,
  common: CommonInformation,
): FrameDescription | undefined {
  try {
    const cursor = new DwarfCursor(section.bytes, entry.body, entry.end);
    const start = readPointer(cursor, common.pointerEncoding, section.address);
    const size = readPointer(cursor, common.pointerEncoding & 0x0f, 0);
    if (common.hasAugmentation) cursor.skip(cursor.uleb());
    // Functions that the linker threw away keep an entry at address 0.
    if (!(start > 0 && size > 0 && size < 0x1_0000_0000)) return undefined;
    return { common, start, limit: start + size, begin: cursor.at, end: entry.end };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** A pointer as its encoding says; `address` is that of the section. */
export function readPointer(cursor: DwarfCursor, encoding: number, address: number): number {
  if (encoding === OMITTED) return 0;
  const position = address + cursor.at;
  const value = readValue(cursor, encoding & 0x0f);
  const application = encoding & 0x70;
  if (application === ABSOLUTE) return value;
  if (application === PC_RELATIVE) return position + value;
  throw new MalformedError(`a pointer is encoded as 0x${encoding.toString(16)}`);
}

function readValue(cursor: DwarfCursor, format: number): number {
  switch (format) {
    case 0x00:
    case 0x04:
      return cursor.u64();
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return cursor.u16();
    case 0x03:
      return cursor.u32();
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return cursor.i16();
    case 0x0b:
      return cursor.i32();
    case 0x0c:
      return cursor.i64();
    default:
      throw new MalformedError(`a pointer has the format ${format}`);
  }
}
