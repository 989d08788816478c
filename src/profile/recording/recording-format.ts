// The constants of the recording format. docs/recording-format.md specifies it; the numbers here are the ones there.

/** First bytes of every recording. Not text, and cut by programs that take a file for text. */
export const MAGIC = Uint8Array.of(0x89, 0x56, 0x4d, 0x50, 0x52, 0x4f, 0x46, 0x0a);
/** Readers refuse a larger major version. */
export const MAJOR_VERSION = 1;
/** A larger minor version only adds what readers can ignore. */
export const MINOR_VERSION = 1;
/** Magic, major, minor, two zeros, checksum of all of them. */
export const PREAMBLE_LENGTH = 16;

/** What a chunk is: the low seven bits of its first byte. */
export const CHUNK_HEADER = 1;
export const CHUNK_DATA = 2;
export const CHUNK_END = 3;
/** Top bit of a chunk's first byte: the body is compressed. */
export const DEFLATED = 0x80;

/** Readers refuse larger bodies, compressed or not: a broken length must not ask for all memory. */
export const MAX_BODY_LENGTH = 1 << 26;
/** Writers begin a new chunk behind this many bytes of body, where they can. */
export const USUAL_BODY_LENGTH = 1 << 20;

/** Rows of one section at the most. */
export const MAX_SECTION_ROWS = 1 << 16;
/** Readers stop at larger tables. A few bytes can say "65,536 equal rows" and a small file fill all memory. */
export const MAX_TABLE_ROWS = 1 << 24;
/** Readers stop at more samples, unless they are asked to go on: 2.5 GB in memory. */
export const MAX_SAMPLES = 1 << 27;
/** Writers shorten longer texts, so that each fits into a chunk. */
export const MAX_TEXT_LENGTH = 1 << 22;

/** What a section of a data chunk holds. */
export const SECTION = {
  strings: 1,
  functions: 2,
  mappings: 3,
  frames: 4,
  stacks: 5,
  processes: 6,
  threads: 7,
  processUpdates: 8,
  threadUpdates: 9,
  samples: 10,
  counters: 11,
  facts: 12,
  sources: 13,
} as const;
