// The binary files of Python 3.15's `profiling.sampling --binary`: samples with times and states, compressed or not.
//
// A sample: thread (8 bytes), interpreter (4), kind of record, and for each kind
//   0 repeat   count, { microseconds, status } …           the stack of the thread's last sample, again and again
//   1 full     microseconds, status, depth, frames …       innermost first
//   2 suffix   microseconds, status, shared, count, frames …   keeps that many of the outermost frames
//   3 pop-push microseconds, status, popped, count, frames …   takes away that many of the innermost frames
// Microseconds count from the thread's last sample.

import { BlockReader } from '../../base/block-reader.ts';
import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { formatCount, formatCounted } from '../../base/quantities.ts';
import { unpackZstd } from '../../base/zstd/unpack-zstd.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  NONE,
  type ProcessIndex,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import type { Format, ImportedProfile } from '../format.ts';
import { type Input, readHead } from '../input.ts';
import { internSamplingFrame, internSamplingFunction } from '../sampling-frame.ts';
import {
  HEADER_LENGTH,
  isSamplingBinary,
  parseHeader,
  readTables,
  readVarint,
  type SamplingHeader,
  type SamplingTables,
} from './layout.ts';

/** Time units, in microseconds. */
const TIME_UNIT = 100;
/** Frames in one stack. */
const MAX_DEPTH = 1 << 20;
/** Samples of one idle thread compress to a hundredth; what is far beyond that is made to fill memory. */
const UNPACK_LIMITS = { maxRatio: 1000, minSize: 1 << 20 };

export const SAMPLING_BINARY_FORMAT: Format = {
  name: 'sampling-binary',
  title: 'binary file of profiling.sampling',
  extensions: [],
  matches: ({ bytes }) => isSamplingBinary(bytes),
  importProfile,
  carries: { threads: true, times: true, lines: true, states: true },
  remarks: {
    usedBy: 'Python 3.15: `python -m profiling.sampling record --binary`',
    limits: [
      `Compressed or not; what becomes more than ${formatCount(UNPACK_LIMITS.maxRatio)} times as large as it was is refused. A stack has at most ${formatCount(MAX_DEPTH)} frames.`,
    ],
  },
};
const MAX_ID = 0x7fff_ffff;

/** Bits of a status. */
const [HAS_GIL, ON_CPU, IS_UNKNOWN, WANTS_GIL, IS_MAIN] = [1, 2, 4, 8, 32];

function importProfile(input: Input): ImportedProfile {
  try {
    const header = parseHeader(readHead(input, HEADER_LENGTH));
    const tables = readTables(input.blocks(), header);
    const reader = new SampleReader(header, tables);
    const damage = reader.read(input);
    if (reader.builder.sampleCount === 0) throw new MalformedError(damage ?? 'it holds no samples');
    const notes = damage === undefined ? [] : [`The samples are damaged: ${damage}. All before are shown.`];
    return { profile: reader.builder.build(), notes };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new ProfilerError(
      'not-a-recording',
      `The file is no valid binary file of profiling.sampling: ${error.message}.`,
      { cause: error },
    );
  }
}

interface KnownThread {
  readonly row: ThreadIndex;
  /** Microseconds since the start. */
  time: number;
  isFirst: boolean;
  /** Stack for each depth, the outermost frame alone first. */
  readonly stacks: (StackIndex | -1)[];
}

class SampleReader {
  readonly builder: ProfileBuilder;
  readonly #header: SamplingHeader;
  readonly #frames: readonly FrameIndex[];
  readonly #process: ProcessIndex;
  readonly #threads = new Map<number | string, KnownThread>();
  /** Frames of the current record, the innermost first. */
  #pushed = new Int32Array(64);

  constructor(header: SamplingHeader, tables: SamplingTables) {
    const { python, interval, mode } = header;
    const type = mode === 'cpu' ? 'cpu' : 'elapsed';
    this.builder = new ProfileBuilder({
      timeUnit: TIME_UNIT * 1000,
      weights: [{ type, unit: 'nanoseconds', scale: 1000, storage: 'float64' }],
    });
    this.builder.mergeFacts({
      mode: 'imported',
      producer: `profiling.sampling of Python ${python}`,
      ...(interval > 0 ? { askedRate: 1e6 / interval } : {}),
      ...(tables.duration === undefined ? {} : { duration: tables.duration * 1e9 }),
      ...(tables.rate === undefined ? {} : { realRate: tables.rate }),
    });
    this.#header = header;
    this.#process = this.builder.addProcess({ pid: 0, command: '', runtime: `CPython ${python}`, start: 0 });
    this.#frames = tables.frames.map(({ file, name, line, column }) =>
      internSamplingFrame(this.builder, internSamplingFunction(this.builder, file, name), line, column),
    );
  }

  /** What is wrong with the samples; undefined when they are whole. */
  read(input: Input): string | undefined {
    const { stringsOffset, isCompressed } = this.#header;
    const blocks = cutOut(input.blocks(), HEADER_LENGTH, stringsOffset);
    const reader = new BlockReader(isCompressed ? unpackZstd(blocks, UNPACK_LIMITS) : blocks);
    try {
      while (!reader.isAtEnd) this.#readRecord(reader);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return error.message;
    }
    return undefined;
  }

  #readRecord(reader: BlockReader): void {
    const first = this.#readWord(reader);
    const second = this.#readWord(reader);
    const { isLittleEndian } = this.#header;
    const thread = this.#internThread(
      isLittleEndian ? second : first,
      isLittleEndian ? first : second,
      this.#readWord(reader),
    );
    const kind = reader.readByte();
    if (kind === 0) {
      const count = readVarint(reader);
      for (let i = 0; i < count; i++) {
        const delta = readVarint(reader);
        this.#addSample(thread, delta, reader.readByte());
      }
      return;
    }
    const delta = readVarint(reader);
    const status = reader.readByte();
    const depth = thread.stacks.length;
    if (kind === 1) thread.stacks.length = 0;
    else if (kind === 2 || kind === 3) {
      const count = readVarint(reader);
      if (count > depth) {
        throw new MalformedError(
          `${formatCounted(count, `frame of ${depth} is`, `frames of ${depth} are`)} asked for before offset ${reader.offset} of the samples`,
        );
      }
      thread.stacks.length = kind === 2 ? count : depth - count;
    } else
      throw new MalformedError(
        `there is no record of kind ${kind}, as before offset ${reader.offset} of the samples`,
      );
    this.#pushFrames(reader, thread);
    this.#addSample(thread, delta, status);
  }

  /** The innermost frame comes first: stacks grow from the other end. */
  #pushFrames(reader: BlockReader, thread: KnownThread): void {
    const count = readVarint(reader);
    if (count + thread.stacks.length > MAX_DEPTH) {
      throw new MalformedError(
        `a stack has ${formatCounted(count, 'frame')} before offset ${reader.offset} of the samples`,
      );
    }
    if (count > this.#pushed.length) this.#pushed = new Int32Array(count * 2);
    const frames = this.#pushed;
    for (let i = 0; i < count; i++) {
      const frame = this.#frames[readVarint(reader)];
      if (frame === undefined) {
        throw new MalformedError(
          `a frame is not in the table, before offset ${reader.offset} of the samples`,
        );
      }
      frames[i] = frame;
    }
    let stack = innermost(thread);
    for (let i = count - 1; i >= 0; i--) {
      stack = this.builder.stacks.intern(stack, frames[i]);
      thread.stacks.push(stack);
    }
  }

  /** Four bytes, in the byte order of the file. */
  #readWord(reader: BlockReader): number {
    let word = 0;
    for (let i = 0; i < 4; i++) {
      const shift = this.#header.isLittleEndian ? i * 8 : 24 - i * 8;
      word |= reader.readByte() << shift;
    }
    return word >>> 0;
  }

  /** The id of a thread has 64 bits. */
  #internThread(high: number, low: number, interpreter: number): KnownThread {
    // Nearly all ids are small, and a text for each record would take longer than all else.
    const isPlain = high === 0 && interpreter === 0;
    const key = isPlain ? low : `${high} ${low} ${interpreter}`;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    const id = (BigInt(high) << 32n) | BigInt(low);
    const isId = id <= MAX_ID;
    const names = [
      ...(isId ? [] : [`thread ${id}`]),
      ...(interpreter === 0 ? [] : [`interpreter ${interpreter}`]),
    ];
    const row = this.builder.addThread({
      process: this.#process,
      tid: isId ? Number(id) : 0,
      start: 0,
      ...(names.length === 0 ? {} : { name: names.join(', ') }),
    });
    const thread = { row, time: 0, isFirst: true, stacks: [] };
    this.#threads.set(key, thread);
    return thread;
  }

  #addSample(thread: KnownThread, delta: number, status: number): void {
    const { interval, mode } = this.#header;
    thread.time += delta;
    // Only in mode wall is every thread in every sample: its time is all told. A first sample has none before it.
    const weight = mode === 'wall' && !thread.isFirst ? delta : interval;
    if (thread.isFirst && (status & IS_MAIN) !== 0)
      this.builder.updateThread(thread.row, { name: 'MainThread' });
    thread.isFirst = false;
    const stack = innermost(thread);
    const time = Math.floor(thread.time / TIME_UNIT);
    this.builder.addSample(time, thread.row, stack, parseState(status), weight, 0);
  }
}

function innermost({ stacks }: KnownThread): StackIndex | -1 {
  return stacks.length === 0 ? NONE : stacks[stacks.length - 1];
}

function parseState(status: number): number {
  const state =
    (status & ON_CPU) !== 0
      ? 'running'
      : (status & WANTS_GIL) !== 0
        ? 'waiting-gil'
        : (status & IS_UNKNOWN) !== 0
          ? 'unknown'
          : 'waiting';
  return SAMPLE_STATES.indexOf(state) | ((status & HAS_GIL) !== 0 ? STATE_HOLDS_GIL : 0);
}

/** The bytes from `start` to `end`, exclusive. */
function* cutOut(blocks: Iterable<Uint8Array>, start: number, end: number): Iterable<Uint8Array> {
  let offset = 0;
  for (const block of blocks) {
    const part = block.subarray(Math.max(0, start - offset), Math.max(0, end - offset));
    if (part.length > 0) yield part;
    offset += block.length;
    if (offset >= end) return;
  }
}
