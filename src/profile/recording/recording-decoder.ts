// Reads recordings (docs/recording-format.md), whole or piece by piece as they arrive. Whatever the bytes are: the result
// is a valid profile of all that stood before the first damage, or a ProfilerError when it is no recording at all.

import { ByteReader } from '../../base/byte-reader.ts';
import { ProfilerError } from '../../base/errors.ts';
import { joinBytes } from '../../base/join-bytes.ts';
import { MalformedError } from '../../base/malformed.ts';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import type { Profile } from '../tables.ts';
import { type Chunk, checkPreamble, getChunkLength, readChunk } from './recording-chunks.ts';
import {
  CHUNK_DATA,
  CHUNK_END,
  CHUNK_HEADER,
  MAGIC,
  MAJOR_VERSION,
  MAX_SAMPLES,
  PREAMBLE_LENGTH,
} from './recording-format.ts';
import { parseHeaderText } from './recording-header.ts';
import { RecordingReader } from './recording-reader.ts';

/** The most samples to make room for before they are seen. */
const MAX_EXPECTED_SAMPLES = 1 << 24;

/** Where a recording stops being readable. Everything before is kept. */
export interface RecordingDamage {
  /** Of the chunk that could not be read, in bytes from the start of the recording. */
  readonly offset: number;
  /** What is wrong with it. */
  readonly reason: string;
}

/** Reads a recording piece by piece. */
export class RecordingDecoder {
  readonly #emptyBuilder = new ProfileBuilder();
  /** Undefined until the header was read. */
  #reader: RecordingReader | undefined;
  /** Bytes that were pushed and not used yet, the offset of the first of them, and how many it takes to go on. */
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  #offset = 0;
  #needed = PREAMBLE_LENGTH;
  #checksum = 0;
  #damage: RecordingDamage | undefined;
  #isComplete = false;
  #length = 0;
  readonly #expectedLength: number;
  readonly #maxSamples: number;

  /**
   * `expectedLength`: bytes of the whole recording, where they are known; saves growing tables step by step.
   * `maxSamples`: more are taken for damage, because a small broken file could fill all memory.
   */
  constructor(options: { expectedLength?: number; maxSamples?: number } = {}) {
    this.#expectedLength = options.expectedLength ?? 0;
    this.#maxSamples = options.maxSamples ?? MAX_SAMPLES;
  }

  /** What was read so far. It has the time unit and the weights of the recording as soon as the header was read. */
  get builder(): ProfileBuilder {
    return this.#reader?.builder ?? this.#emptyBuilder;
  }

  /** Bytes that were pushed. */
  get length(): number {
    return this.#length;
  }

  /** Set when the recording cannot be read further: damaged bytes or, after `finish`, a cut tail. */
  get damage(): RecordingDamage | undefined {
    return this.#damage;
  }

  /** Whether the mark was seen that the recorder sets at its end. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Takes the next bytes, however they are split. Throws a ProfilerError when they are no recording. */
  push(pushed: Uint8Array): void {
    this.#length += pushed.length;
    if (this.#damage !== undefined || pushed.length === 0) return;
    // Not as a Node Buffer, whose `slice` copies nothing: callers use their buffers again.
    const bytes = new Uint8Array(pushed.buffer, pushed.byteOffset, pushed.length);
    if (this.#offset === 0) checkMagic(bytes, this.#waitingLength);
    this.#waitingLength += bytes.length;
    if (this.#waitingLength < this.#needed) {
      this.#waiting.push(bytes.slice());
      return;
    }
    const input = this.#waiting.length === 0 ? bytes : joinBytes([...this.#waiting, bytes]);
    const used = this.#readChunks(input);
    this.#offset += used;
    // What stands behind damage is of no use.
    this.#waitingLength = this.#damage === undefined ? input.length - used : 0;
    this.#waiting = this.#waitingLength === 0 ? [] : [input.slice(used)];
  }

  /** Says that no more bytes come: what is left is a cut tail. Throws a ProfilerError when there was nothing at all. */
  finish(): void {
    if (this.#damage !== undefined) return;
    if (this.#offset + this.#waitingLength === 0) {
      throw new ProfilerError('not-a-recording', 'This is no recording: it is empty.');
    }
    if (this.#waitingLength === 0) return;
    const cut = `it is cut off: ${this.#waitingLength} bytes are there of at least ${this.#needed}`;
    this.#damage = { offset: this.#offset, reason: cut };
  }

  /** Reads everything that is whole and gives the number of bytes used. */
  #readChunks(input: Uint8Array): number {
    let position = 0;
    try {
      if (this.#offset === 0) {
        this.#checksum = readPreamble(input);
        position = PREAMBLE_LENGTH;
      }
      while (position < input.length) {
        if (this.#isComplete) throw new MalformedError('more bytes follow the end of the recording');
        const length = getChunkLength(input, position);
        this.#needed = length ?? input.length - position + 1;
        if (input.length - position < this.#needed) return position;
        const chunk = readChunk(input, position, this.#checksum);
        this.#readBody(chunk);
        this.#checksum = chunk.checksum;
        position += this.#needed;
      }
      this.#needed = 1;
    } catch (error) {
      // A RangeError: no memory for a table of that size.
      if (!(error instanceof MalformedError || error instanceof RangeError)) throw error;
      this.#damage = { offset: this.#offset + position, reason: error.message };
    }
    return position;
  }

  #readBody(chunk: Chunk): void {
    const reader = new ByteReader(chunk.body, 0, chunk.bodyLength);
    switch (chunk.kind) {
      case CHUNK_HEADER:
        if (this.#reader !== undefined) throw new MalformedError('it is a second header');
        this.#readHeader(reader.readText(chunk.bodyLength));
        break;
      case CHUNK_DATA:
        if (this.#reader === undefined) throw new MalformedError('it stands before the header');
        this.#reader.readSections(reader);
        break;
      case CHUNK_END:
        this.#isComplete = true;
        break;
      default:
      // Of a newer version, and by its promise nothing that others depend on.
    }
  }

  #readHeader(text: string): void {
    this.#reader = new RecordingReader(parseHeaderText(text), this.#maxSamples);
    // Most samples take more than a byte. Memory that turns out not to be needed is never touched, and costs nothing.
    const samples = Math.min(this.#expectedLength, this.#maxSamples, MAX_EXPECTED_SAMPLES);
    this.#reader.builder.samples.reserve(samples);
  }
}

/** Reads a whole recording. Damage is told, not thrown; a ProfilerError says that this is no recording at all. */
export function parseRecording(bytes: Uint8Array): {
  profile: Profile;
  damage: RecordingDamage | undefined;
  isComplete: boolean;
} {
  const decoder = new RecordingDecoder({ expectedLength: bytes.length });
  decoder.push(bytes);
  decoder.finish();
  return { profile: decoder.builder.build(), damage: decoder.damage, isComplete: decoder.isComplete };
}

/** Whether the bytes begin like a recording: for telling file formats apart. */
export function isRecording(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Throws when bytes at this position of the file are not those that every recording begins with. */
function checkMagic(bytes: Uint8Array, position: number): void {
  for (let i = 0; i < bytes.length && position + i < MAGIC.length; i++) {
    if (bytes[i] === MAGIC[position + i]) continue;
    throw new ProfilerError(
      'not-a-recording',
      'This is no recording: it does not begin with the bytes of a .vmprof file.',
    );
  }
}

/** The checksum that the first chunk goes on from. */
function readPreamble(bytes: Uint8Array): number {
  const checksum = checkPreamble(bytes);
  const major = bytes[MAGIC.length];
  if (major > MAJOR_VERSION) {
    throw new ProfilerError(
      'newer-recording',
      `This recording has version ${major} of the format, and this vmprof knows versions up to ${MAJOR_VERSION}. ` +
        'Open it with a newer vmprof.',
      { facts: { version: major, known: MAJOR_VERSION } },
    );
  }
  return checksum;
}
