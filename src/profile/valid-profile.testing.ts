import { FRAME_TIERS, FUNCTION_KINDS, NONE, type Profile } from './tables.ts';

/** Throws when a column is too short, a row number is out of range, or an order is broken. */
export function assertValidProfile(profile: Profile): void {
  const { strings, functions, mappings, frames, stacks, processes, threads, samples, counters } = profile;
  check(profile.timeUnit > 0, 'time unit');
  column(functions.name, functions.length, 0, strings.length);
  column(functions.qualifiedName, functions.length, NONE, strings.length);
  column(functions.systemName, functions.length, NONE, strings.length);
  column(functions.file, functions.length, NONE, strings.length);
  column(functions.firstLine, functions.length, NONE, 2 ** 31);
  column(functions.kind, functions.length, 0, FUNCTION_KINDS.length);
  column(mappings.file, mappings.length, 0, strings.length);
  column(mappings.buildId, mappings.length, NONE, strings.length);
  column(frames.function, frames.length, 0, functions.length);
  column(frames.line, frames.length, NONE, 2 ** 31);
  column(frames.column, frames.length, NONE, 2 ** 31);
  column(frames.mapping, frames.length, NONE, mappings.length);
  column(frames.tier, frames.length, 0, FRAME_TIERS.length);
  column(stacks.parent, stacks.length, NONE, stacks.length);
  stacks.parent.forEach((parent, row) => {
    check(parent < row, 'parents stand before their children');
  });
  column(stacks.frame, stacks.length, 0, frames.length);
  column(processes.parent, processes.length, NONE, processes.length);
  processes.parent.forEach((parent, row) => {
    check(parent < row, 'parents stand before their children');
  });
  column(processes.command, processes.length, 0, strings.length);
  column(processes.runtime, processes.length, NONE, strings.length);
  column(threads.process, threads.length, 0, processes.length);
  column(threads.name, threads.length, NONE, strings.length);
  column(samples.time, samples.length, 0, 2 ** 32);
  samples.time.forEach((time, row) => {
    check(row === 0 || time >= samples.time[row - 1], 'samples stand in order of time');
  });
  column(samples.thread, samples.length, 0, threads.length);
  column(samples.stack, samples.length, NONE, stacks.length);
  column(samples.state, samples.length, 0, 256);
  check(samples.weights.length > 0, 'a weight column');
  for (const weight of samples.weights)
    check(weight.values.length === samples.length, 'a weight of each sample');
  column(counters.process, counters.length, 0, processes.length);
  column(counters.name, counters.length, 0, strings.length);
  counters.time.forEach((time, row) => {
    check(
      Number.isFinite(time) && (row === 0 || time >= counters.time[row - 1]),
      'counters stand in order of time',
    );
  });
}

function column(values: ArrayLike<number>, length: number, lowest: number, end: number): void {
  check(values.length === length, 'columns have the length of their table');
  for (let row = 0; row < length; row++)
    check(values[row] >= lowest && values[row] < end, `row ${row} is in range`);
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not a valid profile: ${what}`);
}
