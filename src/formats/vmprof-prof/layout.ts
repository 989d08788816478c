// The sizes and byte order of a `.prof` file. It has neither a magic number nor a word on them; they are told by the five
// words that it begins with, C `long`s of the host that wrote it: 0, 3, 0, period in microseconds, W.
// `long` has 4 bytes on 32-bit hosts and on all of Windows. W is 1 for 64-bit Windows since vmprof 0.4.0, else 0.

/** How a profile was written down. */
export interface ProfLayout {
  readonly isLittleEndian: boolean;
  /** Bytes of counts, depths and lengths. */
  readonly wordSize: 4 | 8;
  /** Bytes of an entry of a stack, of a thread id and of a memory size. */
  readonly addressSize: 4 | 8;
  /** Bytes of an id in the record of a name. */
  readonly idSize: 4 | 8;
  /** Bytes without a meaning behind the depth of a stack: alignment that 64-bit Windows before 0.4.0 wrote out. */
  readonly padding: 0 | 4;
}

export interface StaticHeader {
  readonly layout: ProfLayout;
  /** Period asked for, in microseconds; 0 where allocations were sampled. */
  readonly period: number;
  /** Bytes of the header. */
  readonly length: number;
  /** The words leave open which of the layouts for 4-byte words it is. */
  readonly isAmbiguous: boolean;
}

/** Bytes of the longest header. */
export const MAX_HEADER_LENGTH = 40;

/** The header at `at`; undefined when there is none. */
export function parseStaticHeader(bytes: Uint8Array, at: number, end: number): StaticHeader | undefined {
  if (bytes[at + 4] === 3) return parseWords(bytes, at, end, 4, true);
  if (bytes[at + 7] === 3) return parseWords(bytes, at, end, 4, false);
  if (bytes[at + 8] === 3) return parseWords(bytes, at, end, 8, true);
  if (bytes[at + 15] === 3) return parseWords(bytes, at, end, 8, false);
  return undefined;
}

/** The layouts that a file with 4-byte words may have when its header does not tell, the most common first. */
export function listNarrowLayouts(isLittleEndian: boolean): readonly ProfLayout[] {
  return [
    { isLittleEndian, wordSize: 4, addressSize: 4, idSize: 4, padding: 0 },
    { isLittleEndian, wordSize: 4, addressSize: 8, idSize: 8, padding: 0 },
    { isLittleEndian, wordSize: 4, addressSize: 8, idSize: 4, padding: 4 },
  ];
}

function parseWords(
  bytes: Uint8Array,
  at: number,
  end: number,
  size: 4 | 8,
  isLittleEndian: boolean,
): StaticHeader | undefined {
  const length = 5 * size;
  if (end - at < length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  const words: number[] = [];
  for (let word = 0; word < 5; word++) {
    const low = view.getUint32(word * size + (size === 8 && !isLittleEndian ? 4 : 0), isLittleEndian);
    const high = size === 4 ? 0 : view.getUint32(word * size + (isLittleEndian ? 4 : 0), isLittleEndian);
    if (high !== 0) return undefined;
    words.push(low);
  }
  const [zero, count, type, period, windows] = words;
  if (zero !== 0 || count !== 3 || type !== 0 || period > 0x7fff_ffff || windows > 1) return undefined;
  const isWide = size === 8 || windows === 1;
  return {
    layout: {
      isLittleEndian,
      wordSize: size,
      addressSize: isWide ? 8 : 4,
      idSize: isWide ? 8 : 4,
      padding: 0,
    },
    period,
    length,
    isAmbiguous: !isWide,
  };
}
