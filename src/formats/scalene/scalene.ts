// scalene's JSON. Newer versions hold Python's stacks with the time spent in Python and in native code; older ones, and those
// told to leave stacks out, only lines, which become stacks of one frame each. https://github.com/plasma-umass/scalene

import { ProfilerError } from '../../base/errors.ts';
import { formatCount } from '../../base/quantities.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type Profile, type StackIndex } from '../../profile/tables.ts';
import type { FileHead, Format, ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import { MAX_TOKEN } from '../json/json-source.ts';
import { readScalene, type ScaleneCost, type ScaleneData, type ScaleneFrame } from './scalene-json.ts';

const TITLE = 'scalene JSON';

/** Time units of the profile, in nanoseconds. */
const TIME_UNIT = 100_000;
const MAX_INT32 = 0x7fff_ffff;
/** Stacks for at least this share of the costs are shown; else lines, which hold all. */
const ENOUGH = 0.9;

export const SCALENE_FORMAT: Format = {
  name: 'scalene',
  title: TITLE,
  extensions: [],
  matches,
  importProfile,
  carries: { threads: false, times: false, lines: true, weights: true, memory: true },
  remarks: {
    usedBy: 'scalene: `scalene --json`',
    losses: [
      `Stacks are shown where they hold at least ${100 * ENOUGH} % of the costs; else lines, each as a stack of its own.`,
    ],
    limits: [
      `Shares are multiplied with the elapsed time. A text has at most ${formatCount(MAX_TOKEN)} bytes.`,
    ],
  },
};
/** The innermost frame of time that was spent in native code, which scalene does not name. */
const NATIVE = '(native code)';

/** Keys are sorted: the first one is always the same. */
function matches(file: FileHead): boolean {
  return /^\s*\{\s*"alloc_samples"\s*:\s*\d/.test(new TextDecoder().decode(file.bytes.subarray(0, 200)));
}

function importProfile(input: Input): ImportedProfile {
  const data = readScalene(new JsonReader(input.blocks(), TITLE));
  // Stacks and lines are the same costs, told twice; stacks may be of a part only.
  const timeOfStacks = compareSums(data.stacks, data.lines, ({ python, native }) => python + native);
  const bytesOfStacks = compareSums(data.memoryStacks, data.lines, ({ bytes }) => bytes);
  const times = timeOfStacks >= ENOUGH ? data.stacks : data.lines;
  const memory = bytesOfStacks >= ENOUGH ? data.memoryStacks : data.lines;
  const profile = buildProfile(data, times, memory);
  if (profile.samples.length === 0) {
    throw new ProfilerError('not-a-recording', `The file is ${TITLE} in which nothing has cost anything.`);
  }
  return { profile, notes: describeDoubts(data, timeOfStacks) };
}

/** What stacks cost, as a share of what lines cost. */
function compareSums(
  stacks: readonly ScaleneCost[],
  lines: readonly ScaleneCost[],
  getCost: (cost: ScaleneCost) => number,
): number {
  const whole = lines.reduce((sum, cost) => sum + getCost(cost), 0);
  const part = stacks.reduce((sum, cost) => sum + getCost(cost), 0);
  return whole > 0 ? part / whole : part > 0 ? 1 : 0;
}

function buildProfile(
  data: ScaleneData,
  times: readonly ScaleneCost[],
  memory: readonly ScaleneCost[],
): Profile {
  const builder = new ProfileBuilder({
    timeUnit: TIME_UNIT,
    weights: [
      { type: 'elapsed', unit: 'nanoseconds', scale: 1, storage: 'float64' },
      { type: 'allocated', unit: 'bytes', scale: 1, storage: 'float64' },
    ],
  });
  builder.mergeFacts({
    mode: 'imported',
    producer: 'scalene',
    command: data.command,
    duration: data.elapsed * 1e9,
    ...(data.start > 0 ? { startedAt: data.start * 1000 } : {}),
  });
  const process = builder.addProcess({ pid: 0, command: data.command, start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const whole = data.elapsed * 1e9;
  const native = builder.internFrame({
    function: builder.internFunction({ name: NATIVE, kind: 'native' }),
    tier: 'native',
  });
  for (const cost of times) {
    const stack = internStack(builder, cost.stack);
    if (cost.python > 0) builder.addSample(0, thread, stack, 0, cost.python * whole, 0);
    if (cost.native > 0) {
      builder.addSample(0, thread, builder.internStack(stack, native), 0, cost.native * whole, 0);
    }
  }
  for (const cost of memory) {
    if (cost.bytes > 0) builder.addSample(0, thread, internStack(builder, cost.stack), 0, 0, cost.bytes);
  }
  for (let at = 0; at < data.footprint.length; at += 2) {
    builder.addCounter(process, 'heap', Math.round(data.footprint[at] / TIME_UNIT), data.footprint[at + 1]);
  }
  return builder.build();
}

function internStack(builder: ProfileBuilder, frames: readonly ScaleneFrame[]): StackIndex | -1 {
  let stack: StackIndex | -1 = NONE;
  for (const frame of frames) stack = builder.internStack(stack, internFrame(builder, frame));
  return stack;
}

function internFrame(builder: ProfileBuilder, { file, name, line, isNative }: ScaleneFrame): FrameIndex {
  const func = builder.internFunction({
    name: name === '' ? '(unnamed)' : name,
    kind: isNative ? 'native' : 'python',
    ...(file === '' ? {} : { file }),
  });
  const isLine = Number.isInteger(line) && line > 0 && line <= MAX_INT32;
  return builder.internFrame({
    function: func,
    ...(isLine ? { line } : {}),
    ...(isNative ? { tier: 'native' } : {}),
  });
}

function describeDoubts(data: ScaleneData, timeOfStacks: number): string[] {
  const notes: string[] = [];
  if (timeOfStacks < ENOUGH) {
    const share = (timeOfStacks * 100).toFixed(1);
    notes.push(
      `The file holds stacks for ${share} % of the time: every line is shown alone, without its callers.`,
    );
  }
  if (data.combinedStacks > 0) {
    notes.push('Left out: stacks of native code, which scalene counts apart from all other time.');
  }
  return notes;
}
