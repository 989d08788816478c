import { ProfilerError } from '../../base/errors.ts';
import { SliceIndex } from '../../base/slice-index.ts';
import { ProfileBuilder, type WeightSpec } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  NONE,
  type Profile,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import { ByteLines } from '../byte-lines.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { describeRefused } from '../refused-lines.ts';
import { parseCollapsedLine } from './collapsed-line.ts';
import { NO_STACK, parseCollapsedFrame } from './collapsed-names.ts';

const SEMICOLON = 0x3b;

/** One row for each line, whatever its number says. Files with two numbers in every line have two weights. */
export function importCollapsed(input: Input): ImportedProfile {
  const reader = isDifferential(input)
    ? readLines(input, ['before', 'after'])
    : readLines(input, ['samples']);
  const { builder, refused, firstRefused } = reader;
  if (builder.sampleCount === 0) {
    throw new ProfilerError(
      'not-a-recording',
      'The file holds no collapsed stacks, lines such as "main;parse 42".',
    );
  }
  const notes = describeRefused(
    refused,
    'line is no stack and was left out',
    'lines are no stacks and were left out',
    firstRefused,
  );
  return { profile: nameWeights(builder.build()), notes };
}

/** Names may end in numbers, so a single line tells nothing: every line must have two, one of them behind a call. */
function isDifferential(input: Input): boolean {
  const lines = new ByteLines(input.blocks());
  let hasCall = false;
  while (lines.next()) {
    const two = parseCollapsedLine(lines, 2);
    if (two === 'nothing') continue;
    if (two === 'unknown') {
      if (parseCollapsedLine(lines, 1) === 'unknown') continue;
      return false;
    }
    const call = lines.bytes.indexOf(SEMICOLON, lines.start);
    if (call >= 0 && call < two.stackEnd) hasCall = true;
  }
  return hasCall;
}

function readLines(input: Input, types: readonly string[]) {
  const weights = types.map((type): WeightSpec => ({ type, unit: 'count', scale: 1, storage: 'float64' }));
  const builder = new ProfileBuilder({ timeUnit: 1, weights });
  builder.mergeFacts({ mode: 'imported' });
  const process = builder.addProcess({ pid: 0, command: '', start: 0 });
  const thread: ThreadIndex = builder.addThread({ process, tid: 0, start: 0 });
  const stacks = new StackReader(builder);
  const lines = new ByteLines(input.blocks());
  let refused = 0;
  let firstRefused = '';
  while (lines.next()) {
    const line = parseCollapsedLine(lines, weights.length);
    if (line === 'nothing') continue;
    if (line === 'unknown') {
      if (refused++ === 0) firstRefused = `line ${lines.number}: ${lines.text().slice(0, 60)}`;
      continue;
    }
    const stack = stacks.read(lines.bytes, lines.start, line.stackEnd);
    builder.addSampleWeights(0, thread, stack, 0, line.weights);
  }
  return { builder, refused, firstRefused };
}

/** Makes rows of the stack table of texts. One line is mostly like the one before: only where they part, names are looked up. */
class StackReader {
  readonly #builder: ProfileBuilder;
  readonly #names = new SliceIndex();
  /** For each name, its frame as a plain and as an inlined one at the depth that it was seen at: see #frameOf. */
  readonly #frames: FrameIndex[] = [];
  readonly #isInlined: boolean[] = [];
  readonly #inlined = new Map<string, FrameIndex>();
  /** The stack before: its text, where its names end, the rows and how deep each is inlined. */
  #text = new Uint8Array(1024);
  #length = 0;
  readonly #ends: number[] = [];
  readonly #rows: StackIndex[] = [];
  readonly #inlineDepths: number[] = [];
  #depth = 0;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  read(bytes: Uint8Array, start: number, end: number): StackIndex | -1 {
    // Before anything is looked up: what stands for no stack is no function either.
    if (this.#isNoStack(bytes, start, end)) return NONE;
    this.#keepCommon(bytes, start, end);
    let at = this.#depth === 0 ? start : start + this.#ends[this.#depth - 1] + 1;
    while (at <= end) {
      let nameEnd = at;
      while (nameEnd < end && bytes[nameEnd] !== SEMICOLON) nameEnd++;
      this.#push(bytes, at, nameEnd, start);
      at = nameEnd + 1;
    }
    this.#remember(bytes, start, end);
    return this.#rows[this.#depth - 1];
  }

  /** Goes back to the last name that both stacks have in common from the outermost on. */
  #keepCommon(bytes: Uint8Array, start: number, end: number): void {
    const limit = Math.min(end - start, this.#length);
    let common = 0;
    while (common < limit && bytes[start + common] === this.#text[common]) common++;
    let depth = this.#depth;
    while (depth > 0) {
      const nameEnd = this.#ends[depth - 1];
      if (nameEnd <= common && (start + nameEnd === end || bytes[start + nameEnd] === SEMICOLON)) break;
      depth--;
    }
    this.#depth = depth;
  }

  #push(bytes: Uint8Array, at: number, nameEnd: number, start: number): void {
    const known = this.#names.length;
    const name = this.#names.intern(bytes, at, nameEnd);
    if (name === known) this.#addName(new TextDecoder().decode(bytes.subarray(at, nameEnd)));
    const depth = this.#depth++;
    const above = depth === 0 ? NONE : this.#rows[depth - 1];
    const inlineDepth = this.#isInlined[name] ? (depth === 0 ? 0 : this.#inlineDepths[depth - 1]) + 1 : 0;
    const frame = inlineDepth > 1 ? this.#frameInlined(name, inlineDepth) : this.#frames[name];
    this.#rows[depth] = this.#builder.internStack(above, frame);
    this.#inlineDepths[depth] = inlineDepth;
    this.#ends[depth] = nameEnd - start;
  }

  #addName(text: string): void {
    const { isInlined, line, tier, ...func } = parseCollapsedFrame(text);
    const frame = this.#builder.internFrame({
      function: this.#builder.internFunction(func),
      ...(line === undefined ? {} : { line }),
      ...(tier === undefined ? {} : { tier }),
      inlineDepth: isInlined ? 1 : 0,
    });
    this.#frames.push(frame);
    this.#isInlined.push(isInlined);
  }

  /** The column of inline depths has two bytes. */
  #frameInlined(name: number, depth: number): FrameIndex {
    const inlineDepth = Math.min(depth, 0xffff);
    const key = `${name} ${inlineDepth}`;
    let frame = this.#inlined.get(key);
    if (frame === undefined) {
      const { function: functions, line, tier } = this.#builder.frames;
      const plain = this.#frames[name];
      frame = this.#builder.frames.intern({
        function: functions[plain],
        line: line[plain],
        column: NONE,
        address: NONE,
        mapping: NONE,
        inlineDepth,
        tier: tier[plain],
      });
      this.#inlined.set(key, frame);
    }
    return frame;
  }

  #remember(bytes: Uint8Array, start: number, end: number): void {
    this.#length = end - start;
    if (this.#length > this.#text.length) this.#text = new Uint8Array(this.#length * 2);
    this.#text.set(bytes.subarray(start, end));
  }

  #isNoStack(bytes: Uint8Array, start: number, end: number): boolean {
    if (end === start) return true;
    if (end - start !== NO_STACK.length) return false;
    for (let i = 0; i < NO_STACK.length; i++) {
      if (bytes[start + i] !== NO_STACK.charCodeAt(i)) return false;
    }
    return true;
  }
}

/** More samples than a profiler takes in a day at 1000 a second. */
const MAX_SAMPLES = 1e8;

/**
 * Says what the numbers are: mostly samples, but nothing in the file tells. Times in small units, as our own export writes
 * them, are huge or have a divisor in common; taken for samples they would claim a certainty that is not there.
 */
function nameWeights(profile: Profile): Profile {
  const { weights } = profile.samples;
  if (weights.length > 1) return profile;
  const [column] = weights;
  let sum = 0;
  let divisor = 0;
  for (const weight of column.values) {
    sum += weight;
    divisor = greatestDivisor(divisor, Math.abs(weight));
  }
  // All weights are multiples of a single line's weight, too: one stack tells nothing.
  const areSamples = sum <= MAX_SAMPLES && (divisor === 1 || column.values.length === 1);
  if (areSamples) return profile;
  return { ...profile, samples: { ...profile.samples, weights: [{ ...column, type: 'weight' }] } };
}

/** Of whole numbers; of others a fraction. */
function greatestDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
