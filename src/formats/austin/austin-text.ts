// austin's text: collapsed stacks in the order of time, with lines about the whole before and behind them.
//
//   # mode: wall
//   P42;T0:43;app.py:main:12;app.py:load:7 5085            austin 3 and 4; 0 is the interpreter
//   P42;T0x7f12;app.py:main:12;app.py:load:7 5085,0,4096   austin 2; time, whether it was idle, memory (mode full)
//   Process 42;Thread 7f12;main (app.py);L12 5085 0 0      austin 1; time, memory gained and given back, in KiB
//   Process 42;Thread 7f12;main (app.py:12) 5085           the same, with --alt-format
//
// https://github.com/P403n1x87/austin/wiki

import { ProfilerError } from '../../base/errors.ts';
import { ownText } from '../../base/own-text.ts';
import { formatCount } from '../../base/quantities.ts';
import { SliceIndex } from '../../base/slice-index.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import { ByteLines, forEachLine, MAX_LINE } from '../byte-lines.ts';
import type { FileHead, Format, ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { describeRefused } from '../refused-lines.ts';
import {
  type AustinFrame,
  type AustinMetrics,
  type AustinMode,
  AustinProfile,
  parseAustinMode,
} from './austin-profile.ts';

export const AUSTIN_FORMAT: Format = {
  name: 'austin',
  title: 'austin text',
  extensions: ['.austin'],
  matches,
  importProfile,
  carries: { threads: true, times: true, lines: true, weights: true, states: true, memory: true },
  remarks: {
    usedBy: 'austin 1 to 4, austin-web, austin-tui',
    limits: [
      'All modes: time, CPU time, memory, and all of them together. Times of samples are sums of the times before them.',
      `UTF-8, or UTF-16 with a byte order mark; a line has at most ${formatCount(MAX_LINE)} bytes.`,
    ],
  },
};

/** Bytes of stacks whose rows are remembered: most samples have a stack that was there shortly before. */
const MAX_KNOWN_TEXT = 1 << 22;
const [HASH, SEMICOLON, SPACE] = [0x23, 0x3b, 0x20];

/** Process, interpreter, thread, stack and numbers of a line. */
const LINE = /^P(\d+);T(?:(\d+):)?([^;]*?)(?:;(.*))? (-?\d+)(?:,([01]),(-?\d+))?$/;
/** The same of austin 1, without the numbers, and with those of mode full. */
const OLD_LINE = /^((?:Process \d+;)*)Thread ([0-9a-fA-F]+)(?:;(.*))? (-?\d+)$/;
const OLD_FULL_LINE = /^((?:Process \d+;)*)Thread ([0-9a-fA-F]+)(?:;(.*))? (-?\d+) (-?\d+) (-?\d+)$/;

function matches(file: FileHead): boolean {
  const lines: string[] = [];
  forEachLine([file.bytes], (line) => lines.push(line));
  const stated = lines.filter((line) => line !== '');
  if (stated.length > 0 && /^# austin: \d/.test(stated[0])) return true;
  const [first] = stated.filter((line) => !line.startsWith('#'));
  return (
    first !== undefined &&
    (LINE.test(first) ||
      /^(Process \d+;)*Thread [0-9a-fA-F]+(;.*(;L\d+|:\d+\)))? -?\d+( -?\d+ -?\d+)?$/.test(first))
  );
}

function importProfile(input: Input): ImportedProfile {
  const metadata = new Map<string, string>();
  let reader: LineReader | undefined;
  let refused = 0;
  let firstRefused = '';
  const lines = new ByteLines(input.blocks());
  while (lines.next()) {
    if (lines.start === lines.end) continue;
    if (lines.bytes[lines.start] === HASH) {
      const [, key, value] = /^# ([^:]+): (.*)$/.exec(lines.text()) ?? [];
      if (key !== undefined && value !== undefined) metadata.set(ownText(key), ownText(value));
      continue;
    }
    reader ??= new LineReader(metadata, guessMode(metadata, lines.text()));
    if (!reader.add(lines) && refused++ === 0)
      firstRefused = `line ${lines.number}: ${lines.text().slice(0, 60)}`;
  }
  if (reader === undefined || reader.profile.builder.sampleCount === 0) {
    throw new ProfilerError(
      'not-a-recording',
      `The file holds no samples of austin, lines such as "P42;T0:43;app.py:main:12 5085"${refused === 0 ? '' : `; it has ${firstRefused}`}.`,
    );
  }
  const notes = describeRefused(
    refused,
    'line is no sample and was left out',
    'lines are no samples and were left out',
    firstRefused,
  );
  return { profile: reader.profile.build(), notes };
}

/** Austin 1 does not tell. */
function guessMode(metadata: ReadonlyMap<string, string>, line: string): AustinMode {
  const told = parseAustinMode(metadata.get('mode') ?? '');
  if (told !== undefined) return told;
  return /(,[01],-?\d+|\d -?\d+ -?\d+)$/.test(line) ? 'full' : 'wall';
}

class LineReader {
  readonly profile: AustinProfile;
  readonly #mode: AustinMode;
  /** By text, of lines that are no bytes any more. */
  readonly #frames = new Map<string, FrameIndex>();
  /** Stacks as they are written, and the row of each. */
  #known = new SliceIndex();
  #stacks: (StackIndex | -1)[] = [];
  #knownText = 0;
  /** Frames as they are written, and the row of each. */
  readonly #frameTexts = new SliceIndex();
  readonly #frameRows: FrameIndex[] = [];

  constructor(metadata: ReadonlyMap<string, string>, mode: AustinMode) {
    this.profile = new AustinProfile(mode, metadata);
    this.#mode = mode;
  }

  /** False when the line is no sample. */
  add(lines: ByteLines): boolean {
    const { bytes, start, end } = lines;
    // The stack is most of the line, and no text is made of it: it lies between the second semicolon and the last space.
    const first = bytes.indexOf(SEMICOLON, start);
    const second = first < 0 || first >= end ? -1 : bytes.indexOf(SEMICOLON, first + 1);
    const space = bytes.lastIndexOf(SPACE, end - 1);
    if (second < 0 || second >= space) return this.#addText(lines.text());
    const around = `${lines.text(start, second)}${lines.text(space, end)}`;
    const match = LINE.exec(around);
    if (match === null) return this.#addOld(lines.text());
    return this.#addSample(match, () => this.#internBytes(lines, second + 1, space));
  }

  /** A line without a stack, or of another version. */
  #addText(line: string): boolean {
    const match = LINE.exec(line);
    if (match === null) return this.#addOld(line);
    return this.#addSample(match, () => this.#internStack(match[4] ?? '', splitFrames));
  }

  #addSample(match: RegExpExecArray, readStack: () => StackIndex | -1): boolean {
    const [, pid = '', interpreter, thread = '', , number, idle, memory] = match;
    const isFull = idle !== undefined;
    if (isFull !== (this.#mode === 'full')) return false;
    this.profile.addSample(
      this.profile.internThread(Number(pid), Number(interpreter ?? 0), thread),
      readStack(),
      this.#metrics(Number(number), Number(memory ?? 0), isFull ? idle === '1' : undefined),
    );
    return true;
  }

  #addOld(line: string): boolean {
    const match = (this.#mode === 'full' ? OLD_FULL_LINE : OLD_LINE).exec(line);
    if (match === null) return false;
    const [, processes = '', thread = '', stack = '', number, gained, released] = match;
    // Some versions repeat the process.
    const pid = /^Process (\d+);/.exec(processes)?.[1] ?? '0';
    const memory = (Number(gained ?? 0) + Number(released ?? 0)) * 1024;
    const isMemory = this.#mode === 'memory';
    this.profile.addSample(
      this.profile.internThread(Number(pid), 0, thread.length > 0 ? `0x${thread}` : ''),
      this.#internStack(stack, splitOldFrames),
      this.#metrics(isMemory ? Number(number) * 1024 : Number(number), memory, undefined),
    );
    return true;
  }

  #metrics(number: number, memory: number, isIdle: boolean | undefined): AustinMetrics {
    return this.#mode === 'memory' ? { time: 0, memory: number, isIdle } : { time: number, memory, isIdle };
  }

  #internBytes(lines: ByteLines, start: number, end: number): StackIndex | -1 {
    if (this.#knownText > MAX_KNOWN_TEXT) {
      this.#known = new SliceIndex();
      this.#stacks = [];
      this.#knownText = 0;
    }
    const number = this.#known.intern(lines.bytes, start, end);
    if (number === this.#stacks.length) {
      this.#stacks.push(this.#readFrames(lines, start, end));
      this.#knownText += end - start;
    }
    return this.#stacks[number];
  }

  #readFrames(lines: ByteLines, start: number, end: number): StackIndex | -1 {
    const { bytes } = lines;
    if (start === end) return NONE;
    let stack: StackIndex | -1 = NONE;
    for (let at = start; at <= end; at++) {
      let frameEnd = at;
      while (frameEnd < end && bytes[frameEnd] !== SEMICOLON) frameEnd++;
      const number = this.#frameTexts.intern(bytes, at, frameEnd);
      if (number === this.#frameRows.length) {
        this.#frameRows.push(this.profile.internFrame(parseFrame(ownText(lines.text(at, frameEnd)))));
      }
      stack = this.profile.builder.internStack(stack, this.#frameRows[number]);
      at = frameEnd;
    }
    return stack;
  }

  #internStack(text: string, split: (text: string) => readonly string[]): StackIndex | -1 {
    if (text === '') return NONE;
    let stack: StackIndex | -1 = NONE;
    for (const part of split(text)) {
      let frame = this.#frames.get(part);
      if (frame === undefined) {
        const kept = ownText(part);
        frame = this.profile.internFrame(parseFrame(kept));
        this.#frames.set(kept, frame);
      }
      stack = this.profile.builder.internStack(stack, frame);
    }
    return stack;
  }
}

function splitFrames(text: string): readonly string[] {
  return text.split(';');
}

/** Lines stand behind their frames, as if they were frames, or behind the file. They are put where the newer versions have them. */
function splitOldFrames(text: string): readonly string[] {
  const parts: string[] = [];
  for (const part of text.split(';')) {
    const line = /^L(\d+)$/.exec(part)?.[1];
    if (line !== undefined && parts.length > 0) parts[parts.length - 1] += `:${line}`;
    else {
      const [, name, file, ownLine] = /^(.*) \((.*?)(:\d+)?\)$/.exec(part) ?? [];
      parts.push(name === undefined ? `:${part}` : `${file}:${name}${ownLine ?? ''}`);
    }
  }
  return parts.map((part) => (/:\d+$/.test(part) ? part : `${part}:0`));
}

/** `file:name:line`; file and line are missing in marks such as `:GC:`. */
function parseFrame(text: string): AustinFrame {
  const [, file, name, line] = /^(.*?):([^:]*):(\d*)$/.exec(text) ?? [];
  if (file === undefined || name === undefined) return { file: '', name: text, line: 0, column: 0 };
  const number = Number(line);
  return { file, name, line: number <= 0x7fff_ffff ? number : 0, column: 0 };
}
