// Collapsed ("folded") stacks: a line for each stack, `main;handle;parse 42`, outermost function first. What
// flamegraph.pl, inferno, speedscope, py-spy (`--format raw`), austin, async-profiler and many others read or write.
// https://github.com/brendangregg/FlameGraph#2-fold-stacks
//
// The format has no way to write a `;` or a line end in a name. We write %3B, %0A, %0D (and %25 for a `%` that would read
// as one of them): other tools show that as it is, and we read it back exactly.

import { ProfilerError } from '../base/errors.ts';
import { computeCallTree } from '../profile/call-tree.ts';
import { ProfileBuilder } from '../profile/profile-builder.ts';
import {
  type FrameIndex,
  FUNCTION_KINDS,
  type FunctionKind,
  NONE,
  type Profile,
  type StackIndex,
} from '../profile/tables.ts';
import type { ExportedProfile, ExportOptions, FileHead, Format, ImportedProfile } from './format.ts';
import { encodeFrameLabel, parseFrameLabel } from './frame-label.ts';
import { computeFunctionLabels } from './function-labels.ts';
import type { Input } from './input.ts';
import { type Carried, describeLosses } from './losses.ts';
import { forEachLine, TextWriter } from './text-lines.ts';

const CARRIED: Carried = { threads: false, times: false, lines: false };

export const COLLAPSED_FORMAT: Format = {
  name: 'collapsed',
  title: 'collapsed stacks',
  extensions: ['.collapsed', '.folded', '.collapsed.txt', '.folded.txt', '.txt'],
  matches,
  importProfile,
  exportProfile,
  carries: CARRIED,
  remarks: {
    usedBy: 'flamegraph.pl, inferno, speedscope, py-spy (raw), austin, async-profiler',
    losses: [
      'First lines of functions. What a function is made of, but for kernel (`_[k]`) and JIT code (`_[j]`).',
    ],
    limits: [
      'UTF-8, or UTF-16 with a byte order mark. A line has at most 268,435,456 characters.',
      'Written numbers are microseconds (nanoseconds where those would not be exact), bytes or counts.',
      '`;` and line ends within names are written `%3B`, `%0A`, `%0D`, and `%` as `%25` where it would read as one of these.',
    ],
  },
};

/** Stands for a sample whose stack is not known. */
const NO_STACK = '(no stack)';

function matches(file: FileHead): boolean {
  const lines: string[] = [];
  forEachLine([file.bytes], (line) => lines.push(line));
  // The last line may be cut. A first line longer than the whole head is told by its semicolons.
  const last = file.isWhole ? undefined : lines.pop();
  if (lines.length === 0 && last !== undefined) return last.includes(';') && !last.includes('\u0000');
  const told = lines.filter((line) => line.trim() !== '' && !isComment(line));
  const understood = told.filter((line) => !line.includes('\u0000') && parseLine(line) !== undefined);
  return understood.length > 0 && understood.length * 2 >= told.length;
}

function importProfile(input: Input): ImportedProfile {
  const builder = new ProfileBuilder({
    timeUnit: 1,
    weights: [{ type: 'samples', unit: 'count', scale: 1, storage: 'float64' }],
  });
  builder.mergeFacts({ mode: 'imported' });
  const process = builder.addProcess({ pid: 0, command: '', start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const frames = new Map<string, FrameIndex>();
  let lineNumber = 0;
  let refused = 0;
  let firstRefused = '';
  forEachLine(input.blocks(), (line) => {
    lineNumber++;
    if (line.trim() === '' || isComment(line)) return;
    const parsed = parseLine(line);
    if (parsed === undefined) {
      if (refused++ === 0) firstRefused = `line ${lineNumber}: ${line.slice(0, 60)}`;
      return;
    }
    const stack = internStack(builder, frames, parsed.stack);
    builder.addSampleWeights(0, thread, stack, 0, [parsed.weight]);
  });
  if (builder.sampleCount === 0) {
    throw new ProfilerError(
      'not-a-recording',
      'The file holds no collapsed stacks, lines such as "main;parse 42".',
    );
  }
  const notes =
    refused === 0
      ? []
      : [`${refused} lines are no stacks and were left out, the first of them ${firstRefused}`];
  return { profile: nameWeights(builder.build()), notes };
}

/** More samples than a profiler takes in a day at 1000 a second. */
const MAX_SAMPLES = 1e8;

/**
 * Says what the numbers are: mostly samples, but nothing in the file tells. Times in small units, as our own export writes
 * them, are huge or have a divisor in common; taken for samples they would claim a certainty that is not there.
 */
function nameWeights(profile: Profile): Profile {
  const [column] = profile.samples.weights;
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

function internStack(
  builder: ProfileBuilder,
  frames: Map<string, FrameIndex>,
  text: string,
): StackIndex | -1 {
  let stack: StackIndex | -1 = NONE;
  if (text === '' || text === NO_STACK) return stack;
  for (const part of text.split(';')) {
    let frame = frames.get(part);
    if (frame === undefined) {
      frame = internFrame(builder, part);
      frames.set(part, frame);
    }
    stack = builder.internStack(stack, frame);
  }
  return stack;
}

/** Suffixes that stackcollapse-perf.pl and others put behind names. */
const KIND_SUFFIXES: readonly (readonly [string, FunctionKind])[] = [
  ['_[k]', 'kernel'],
  ['_[j]', 'jit'],
];

function internFrame(builder: ProfileBuilder, part: string): FrameIndex {
  const text = unescapeName(part);
  const suffix = KIND_SUFFIXES.find(([ending]) => text.length > ending.length && text.endsWith(ending));
  const { name, file, line } = parseFrameLabel(
    suffix === undefined ? text : text.slice(0, -suffix[0].length),
  );
  const kind = suffix?.[1] ?? (file !== undefined && /\.pyw?$|^<frozen /.test(file) ? 'python' : 'other');
  const func = builder.internFunction({ name, ...(file === undefined ? {} : { file }), kind });
  return builder.internFrame({ function: func, ...(line === undefined ? {} : { line }) });
}

function isComment(line: string): boolean {
  return line.startsWith('#') || line.startsWith('//');
}

/** Everything before the last space is the stack, what follows is its weight. */
function parseLine(line: string): { stack: string; weight: number } | undefined {
  const text = line.trimEnd();
  const gap = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t'));
  const number = text.slice(gap + 1);
  if (gap < 0 || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(number)) return undefined;
  const weight = Number(number);
  return Number.isFinite(weight) ? { stack: text.slice(0, gap), weight } : undefined;
}

function exportProfile(profile: Profile, options: ExportOptions): ExportedProfile {
  const tree = computeCallTree(profile, options.measure);
  const parts = computeFunctionLabels(profile).map(({ name, file }, row) => {
    const kind = FUNCTION_KINDS[profile.functions.kind[row]];
    const suffix = KIND_SUFFIXES.find(([, suffixKind]) => suffixKind === kind);
    return escapeName(encodeFrameLabel(name, file)) + (suffix?.[0] ?? '');
  });
  // Microseconds where they are exact: the shorter numbers.
  const isTime = tree.unit === 'nanoseconds';
  const divisor = isTime && tree.self.every((weight) => weight % 1000 === 0) ? 1000 : 1;
  const writer = new TextWriter();
  const path: string[] = [];
  for (let node = 0; node < tree.length; node++) {
    if (node > 0) path[tree.depth[node] - 1] = parts[tree.function[node]];
    if (tree.selfSamples[node] === 0) continue;
    const stack = node === 0 ? NO_STACK : path.slice(0, tree.depth[node]).join(';');
    writer.write(`${stack} ${tree.self[node] / divisor}\n`);
  }
  const unit = isTime ? (divisor === 1000 ? 'microseconds' : 'nanoseconds') : tree.unit;
  const notes = describeLosses(profile, CARRIED, options.measure);
  return { bytes: writer.toBytes(), notes: [...(isTime ? [`The numbers are ${unit}.`] : []), ...notes] };
}

function escapeName(name: string): string {
  return name.replace(/%(?=25|3B|0A|0D)|[;\n\r]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return `%${code}`;
  });
}

function unescapeName(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%(25|3B|0A|0D)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
