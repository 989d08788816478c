import { computeWeights } from '../../profile/measure.ts';
import { NONE, type Profile, type WeightUnit } from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { assignIds } from '../unique-ids.ts';
import { SPEEDSCOPE_SCHEMA, type SpeedscopeFrame, type SpeedscopeUnit } from './speedscope-types.ts';

export const SPEEDSCOPE_CARRIED: Carried = { threads: true, times: false, lines: false };

/** Frames are whole functions, as speedscope's views want them; each sample stays one of its own. */
export function exportSpeedscope(profile: Profile, options: ExportOptions): ExportedProfile {
  const { unit, values } = computeWeights(profile, options.measure);
  const writer = new TextWriter();
  const { pid } = assignIds(profile);
  const head = { $schema: SPEEDSCOPE_SCHEMA, exporter: 'vmprof', name: options.title, activeProfileIndex: 0 };
  writer.write(`${JSON.stringify(head).slice(0, -1)},\n"shared":{"frames":[\n`);
  writer.write(encodeFrames(profile).join(',\n'));
  writer.write('\n]},\n"profiles":[\n');
  groupByThread(profile).forEach((rows, position) => {
    if (position > 0) writer.write(',\n');
    const name = describeThread(profile, profile.samples.thread[rows[0]], pid);
    writeThread(writer, profile, { rows, name }, values, SPEEDSCOPE_UNITS[unit]);
  });
  writer.write('\n]}\n');
  const notes = describeLosses(profile, SPEEDSCOPE_CARRIED, options.measure);
  return { bytes: writer.toBytes(), notes };
}

const SPEEDSCOPE_UNITS: Readonly<Record<WeightUnit, SpeedscopeUnit>> = {
  nanoseconds: 'nanoseconds',
  bytes: 'bytes',
  count: 'none',
};

function encodeFrames(profile: Profile): string[] {
  return computeFunctionLabels(profile).map(({ name, file, firstLine }) => {
    const frame: SpeedscopeFrame = {
      name,
      ...(file === undefined ? {} : { file }),
      ...(firstLine === undefined ? {} : { line: firstLine }),
    };
    return JSON.stringify(frame);
  });
}

/** Rows of the samples of each thread, in order of the threads' first samples: the first is what speedscope shows. */
function groupByThread(profile: Profile): number[][] {
  const { samples } = profile;
  const groups = new Map<number, number[]>();
  for (let row = 0; row < samples.length; row++) {
    const group = groups.get(samples.thread[row]);
    if (group === undefined) groups.set(samples.thread[row], [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function writeThread(
  writer: TextWriter,
  profile: Profile,
  { rows, name }: { readonly rows: readonly number[]; readonly name: string },
  weights: Float64Array,
  unit: SpeedscopeUnit,
): void {
  const { samples } = profile;
  const sum = rows.reduce((total, row) => total + weights[row], 0);
  const head = { type: 'sampled', name, unit, startValue: 0, endValue: sum };
  writer.write(`${JSON.stringify(head).slice(0, -1)},\n"samples":[`);
  let lastStack = Number.NaN;
  let lastText = '';
  rows.forEach((row, position) => {
    if (samples.stack[row] !== lastStack) {
      lastStack = samples.stack[row];
      lastText = encodeStack(profile, lastStack);
    }
    writer.write(position === 0 ? lastText : `,${lastText}`);
  });
  writer.write('],\n"weights":[');
  rows.forEach((row, position) => {
    writer.write(position === 0 ? `${weights[row]}` : `,${weights[row]}`);
  });
  writer.write(']}');
}

/** Function rows, the outermost first. */
function encodeStack(profile: Profile, stack: number): string {
  const functions: number[] = [];
  for (let row = stack; row !== NONE; row = profile.stacks.parent[row]) {
    functions.push(profile.frames.function[profile.stacks.frame[row]]);
  }
  return `[${functions.reverse().join(',')}]`;
}

function describeThread(profile: Profile, thread: number, pid: readonly number[]): string {
  const { threads, processes, strings } = profile;
  const name = threads.name[thread] === NONE ? 'thread' : strings[threads.name[thread]];
  const ids = threads.tid[thread] > 0 ? ` (${threads.tid[thread]})` : '';
  if (processes.length < 2) return `${name}${ids}`;
  const process = threads.process[thread];
  return `${name}${ids}, process ${pid[process]} ${strings[processes.command[process]]}`.trimEnd();
}
