// MOJO, austin's binary format: events of one byte and their values. Strings and frames are sent once for each process, under
// a key of the sender's choice.
//
//   "MOJ" version  { event values … }
//   metadata: key, value          stack: pid, interpreter (from version 3 on), thread    begins a sample
//   string: key, text             frame: key, file, name, line, and (from version 2 on) end line, column, end column
//   frame reference: key          belongs to the sample, the outermost first, as do the marks and metrics
//
// Numbers have 6 bits in the first byte, below a sign (0x40), and 7 in the others; 0x80 says that there are more. Texts end
// with a zero. https://github.com/P403n1x87/austin/wiki/The-MOJO-file-format

import { BlockReader } from '../../base/block-reader.ts';
import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { formatCount } from '../../base/quantities.ts';
import { type FrameIndex, FUNCTION_KINDS, NONE, type StackIndex } from '../../profile/tables.ts';
import type { Format, ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { AustinProfile, type AustinThread, parseAustinMode } from './austin-profile.ts';

/** The newest version we know. */
const MAX_VERSION = 4;
/** Bytes in a text, and in a number. */
const MAX_TEXT = 1 << 20;
const MAX_NUMBER = 10;
/** Frames in one sample. */
const MAX_DEPTH = 1 << 20;

export const MOJO_FORMAT: Format = {
  name: 'mojo',
  title: 'austin MOJO',
  extensions: ['.mojo'],
  matches: ({ bytes }) => bytes[0] === 0x4d && bytes[1] === 0x4f && bytes[2] === 0x4a,
  importProfile,
  carries: { threads: true, times: true, lines: true, weights: true, states: true, memory: true },
  remarks: {
    usedBy: 'austin with `-b`, and its extension of VS Code',
    losses: ['Reports of where waiting asyncio tasks stand are left out, and counted.'],
    limits: [
      `Versions up to ${MAX_VERSION}. A text has at most ${formatCount(MAX_TEXT)} bytes, a stack ${formatCount(MAX_DEPTH)} frames.`,
    ],
  },
};

const MAX_INT32 = 0x7fff_ffff;
const PYTHON = FUNCTION_KINDS.indexOf('python');

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function importProfile(input: Input): ImportedProfile {
  const reader = new MojoReader(input.blocks());
  const damage = reader.read();
  if (reader.profile === undefined || reader.profile.builder.sampleCount === 0) {
    throw new ProfilerError(
      'not-a-recording',
      `The file is no valid MOJO file of austin: ${damage ?? 'it holds no samples'}.`,
    );
  }
  const notes = damage === undefined ? [] : [`The file is damaged: ${damage}. All samples before are shown.`];
  if (reader.tasks > 0) notes.push(`Left out: ${reader.tasks} reports of where waiting asyncio tasks stand.`);
  return { profile: reader.profile.build(), notes };
}

/** Strings and frames of a process. */
interface Names {
  readonly strings: Map<number, string>;
  /** By the high and the low part of their key, which has up to 64 bits. */
  readonly frames: Map<number, Map<number, FrameIndex>>;
}

class MojoReader {
  profile: AustinProfile | undefined;
  /** Reports of asyncio tasks. */
  tasks = 0;
  readonly #input: BlockReader;
  readonly #metadata = new Map<string, string>();
  readonly #names = new Map<number, Names>();
  /** The last sample of each thread, for samples that go on from there. */
  readonly #last = new Map<AustinThread, StackIndex | -1>();
  #version = 0;
  /** The low 27 bits of the number read last, without its sign. */
  #low = 0;
  /** What is above them. */
  #high = 0;
  // The sample being read.
  #thread: AustinThread | undefined;
  #current: Names | undefined;
  readonly #frames: FrameIndex[] = [];
  #goesOn = false;
  #time = 0;
  #memory = 0;
  #isIdle = false;
  /** Frames to come that belong to a task. */
  #taskFrames = 0;

  constructor(blocks: Iterable<Uint8Array>) {
    this.#input = new BlockReader(blocks);
  }

  /** What is wrong with the file; undefined when it is whole. */
  read(): string | undefined {
    try {
      this.#input.skip(3);
      this.#version = this.#number();
      if (this.#version < 1 || this.#version > MAX_VERSION)
        return `its version is ${this.#version}, and 1 to ${MAX_VERSION} are known`;
      while (!this.#input.isAtEnd) this.#event(this.#input.readByte());
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      // The sample that was being read is not whole.
      return error.message;
    }
    this.#finishSample();
    return undefined;
  }

  #event(event: number): void {
    switch (event) {
      case 1:
        this.#metadata.set(this.#text(), this.#text());
        return;
      case 2:
        this.#stack();
        return;
      case 3:
        this.#frame();
        return;
      case 4:
        this.#push(this.#special('INVALID'));
        return;
      case 5:
        this.#frameReference();
        return;
      case 6:
        this.#push(this.#kernelFrame());
        return;
      case 7:
        this.#push(this.#special('GC'));
        return;
      case 8:
        this.#isIdle = true;
        return;
      case 9:
        this.#time = this.#number();
        return;
      case 10:
        this.#memory = this.#number();
        return;
      case 11:
        this.#getNames().strings.set(this.#number(), this.#text());
        return;
      case 12:
        this.#number();
        return;
      case 13:
        this.#goesOn = true;
        return;
      case 14:
        this.tasks++;
        this.#number();
        this.#number();
        this.#taskFrames = this.#number();
        return;
      case 15:
        this.#number();
        this.#number();
        return;
      case 16:
        this.#number();
        return;
      default:
        throw new MalformedError(`there is no event ${event}, as at offset ${this.#input.offset - 1}`);
    }
  }

  #stack(): void {
    this.#finishSample();
    const pid = Math.abs(this.#number());
    const interpreter = this.#version >= 3 ? Math.max(0, this.#number()) : 0;
    const thread = this.#text();
    this.profile ??= new AustinProfile(
      parseAustinMode(this.#metadata.get('mode') ?? '') ?? 'wall',
      this.#metadata,
    );
    // Threads have hexadecimal ids.
    this.#thread = this.profile.internThread(pid, interpreter, `0x${thread}`);
    this.#current = this.#names.get(pid);
    if (this.#current === undefined) {
      this.#current = { strings: new Map(), frames: new Map() };
      this.#names.set(pid, this.#current);
    }
  }

  #finishSample(): void {
    const { profile } = this;
    if (profile === undefined || this.#thread === undefined) return;
    let stack: StackIndex | -1 = this.#goesOn
      ? this.#withoutNative(this.#last.get(this.#thread) ?? NONE)
      : NONE;
    for (const frame of this.#frames) stack = profile.builder.internStack(stack, frame);
    const isIdle = this.#metadata.get('mode') === 'full' ? this.#isIdle : undefined;
    profile.addSample(this.#thread, stack, { time: this.#time, memory: this.#memory, isIdle });
    this.#last.set(this.#thread, stack);
    this.#thread = undefined;
    this.#frames.length = 0;
    this.#goesOn = false;
    this.#time = 0;
    this.#memory = 0;
    this.#isIdle = false;
    this.#taskFrames = 0;
  }

  /** Native frames above the innermost one of Python are sent anew. */
  #withoutNative(stack: StackIndex | -1): StackIndex | -1 {
    if (this.profile === undefined) return stack;
    const { stacks, frames, functions } = this.profile.builder;
    let row: number = stack;
    while (row !== NONE && functions.kind[frames.function[stacks.frame[row]]] !== PYTHON)
      row = stacks.parent[row];
    return row as StackIndex | -1;
  }

  #frame(): void {
    const names = this.#getNames();
    this.#number();
    const low = this.#low;
    const high = this.#high;
    const file = this.#lookUp(names, this.#number());
    const name = this.#lookUp(names, this.#number());
    const line = this.#number();
    let column = 0;
    if (this.#version >= 2) {
      this.#number();
      column = this.#number();
      this.#number();
    }
    const isPlace = line > 0 && line <= MAX_INT32 && column <= MAX_INT32;
    const frame = this.#getProfile().internFrame({
      file,
      name,
      line: isPlace ? line : 0,
      column: isPlace ? column : 0,
    });
    const known = names.frames.get(high);
    if (known === undefined) names.frames.set(high, new Map([[low, frame]]));
    else known.set(low, frame);
  }

  #frameReference(): void {
    this.#number();
    const frame = this.#getNames().frames.get(this.#high)?.get(this.#low);
    if (frame === undefined) {
      throw new MalformedError(
        `a frame that was never sent is referred to before offset ${this.#input.offset}`,
      );
    }
    if (this.#taskFrames > 0) this.#taskFrames--;
    else this.#push(frame);
  }

  #special(name: string): FrameIndex {
    return this.#getProfile().internFrame({ file: '', name, line: 0, column: 0 });
  }

  #kernelFrame(): FrameIndex {
    return this.#getProfile().internFrame({ file: 'kernel', name: this.#text(), line: 0, column: 0 });
  }

  #push(frame: FrameIndex): void {
    this.#getNames();
    if (this.#frames.length >= MAX_DEPTH) {
      throw new MalformedError(`a sample has more than ${MAX_DEPTH} frames at offset ${this.#input.offset}`);
    }
    this.#frames.push(frame);
  }

  #lookUp(names: Names, key: number): string {
    const text = names.strings.get(key);
    if (text !== undefined) return text;
    if (key === 0) return '';
    if (key === 1) return '<unknown>';
    throw new MalformedError(`a text that was never sent is referred to before offset ${this.#input.offset}`);
  }

  #getNames(): Names {
    if (this.#current !== undefined) return this.#current;
    throw new MalformedError(`what stands before offset ${this.#input.offset} belongs to no sample`);
  }

  #getProfile(): AustinProfile {
    if (this.profile !== undefined) return this.profile;
    throw new MalformedError(`what stands before offset ${this.#input.offset} belongs to no sample`);
  }

  #number(): number {
    const first = this.#input.readByte();
    let low = first & 0x3f;
    let high = 0;
    let factor = 1;
    let count = 1;
    for (let byte = first; (byte & 0x80) !== 0; count++) {
      if (count === MAX_NUMBER)
        throw new MalformedError(`a number has no end at offset ${this.#input.offset}`);
      byte = this.#input.readByte();
      if (count <= 3) low += (byte & 0x7f) << (count * 7 - 1);
      else {
        high += (byte & 0x7f) * factor;
        factor *= 128;
      }
    }
    this.#low = low;
    this.#high = high;
    const value = high * 2 ** 27 + low;
    return (first & 0x40) === 0 ? value : -value;
  }

  #text(): string {
    const input = this.#input;
    let length = 0;
    for (;;) {
      if (input.position + length === input.end && !input.ensure(length + 1)) {
        throw new MalformedError(`the file ends within a text, at offset ${input.offset + length}`);
      }
      if (input.bytes[input.position + length] === 0) break;
      if (++length > MAX_TEXT) {
        throw new MalformedError(`a text has more than ${MAX_TEXT} bytes at offset ${input.offset}`);
      }
    }
    const text = decoder.decode(input.readBytes(length));
    input.skip(1);
    return text;
  }
}
