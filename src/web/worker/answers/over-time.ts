// What happened when: activity of threads, CPU use, and memory.

import { computeMemoryCurve } from '../../../profile/costs/memory-curve.ts';
import { computeThreadActivity } from '../../../profile/costs/thread-activity.ts';
import { getStackFrames } from '../../../profile/stack-text.ts';
import {
  type FunctionIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  type SampleIndex,
  type StackIndex,
  type ThreadIndex,
} from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import { labelFunction } from '../function-keys.ts';
import type {
  MemoryAnswer,
  MemoryCurveAnswer,
  MemoryRequest,
  TimelineAnswer,
  TimelineRequest,
} from '../messages.ts';

/** States of the threads and CPU use, in buckets. */
export function answerTimeline({ recording }: Derived, request: TimelineRequest): TimelineAnswer {
  const { start, end, buckets, threads } = request;
  const { states, cpus } = computeThreadActivity(recording, {
    start: start / recording.timeUnit,
    end: end / recording.timeUnit,
    buckets,
    threads: threads as ThreadIndex[],
  });
  return { start, end, buckets, threads, states, cpus };
}

/** The curve of every process that was measured, with its peak of the whole recording. */
export function answerMemory({ recording }: Derived, request: MemoryRequest): MemoryAnswer {
  const curves: MemoryCurveAnswer[] = [];
  for (let process = 0; process < recording.processes.length; process++) {
    const curve = computeMemoryCurve(recording, process as ProcessIndex);
    if (curve.peak === undefined) continue;
    const time = curve.time.map((unit) => unit * recording.timeUnit);
    const ended = recording.processes.end[process];
    const { startOfCurve, endOfCurve } = cutCurve(time, request);
    curves.push({
      process,
      ...thinOut(
        time.subarray(startOfCurve, endOfCurve),
        curve.value.subarray(startOfCurve, endOfCurve),
        request,
        ended === NONE ? request.end : ended * recording.timeUnit,
      ),
      peak: { time: curve.peak.time * recording.timeUnit, value: curve.peak.value },
      stacks: curve.peak.samples.map((sample) => describeSample(recording, sample)),
    });
  }
  return { curves };
}

function describeSample(recording: Profile, sample: SampleIndex): MemoryCurveAnswer['stacks'][number] {
  const { samples, threads, strings, frames } = recording;
  const name = threads.name[samples.thread[sample]];
  const stack = samples.stack[sample] as StackIndex | -1;
  return {
    thread: name === NONE ? 'thread' : strings[name],
    frames: getStackFrames(recording, stack).map((frame) => {
      const label = labelFunction(recording, frames.function[frame] as FunctionIndex);
      return { ...label, line: frames.line[frame] === NONE ? label.line : frames.line[frame] };
    }),
  };
}

/** The points of a range, and one to either side. */
function cutCurve(time: Float64Array, { start, end }: MemoryRequest) {
  let startOfCurve = 0;
  while (startOfCurve + 1 < time.length && time[startOfCurve + 1] <= start) startOfCurve++;
  let endOfCurve = time.length;
  while (endOfCurve > startOfCurve + 1 && time[endOfCurve - 2] >= end) endOfCurve--;
  return { startOfCurve, endOfCurve };
}

/**
 * At most about so many points, of each step its lowest and its highest value, in order; and a last one where the process
 * ended, because a value holds until the next.
 */
function thinOut(
  time: Float64Array,
  value: Float64Array,
  { start, end, points }: MemoryRequest,
  ended: number,
): { readonly time: Float64Array; readonly value: Float64Array } {
  const times: number[] = [];
  const values: number[] = [];
  const push = (row: number) => {
    times.push(time[row]);
    values.push(value[row]);
  };
  const step = (end - start) / Math.max(1, points / 2);
  let row = 0;
  while (row < time.length) {
    const stepEnd = start + (Math.floor((time[row] - start) / step) + 1) * step;
    let low = row;
    let high = row;
    let next = row;
    for (; next < time.length && (next === row || time[next] < stepEnd); next++) {
      if (value[next] < value[low]) low = next;
      if (value[next] > value[high]) high = next;
    }
    push(Math.min(low, high));
    if (low !== high) push(Math.max(low, high));
    row = next;
  }
  if (times.length > 0 && ended > times[times.length - 1]) {
    times.push(ended);
    values.push(value[value.length - 1]);
  }
  return { time: Float64Array.from(times), value: Float64Array.from(values) };
}
