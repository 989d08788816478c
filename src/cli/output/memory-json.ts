import { getStackFrames } from '../../profile/stack-text.ts';
import type { SampleIndex, StackIndex, ThreadIndex } from '../../profile/tables.ts';
import { describeHead, frameToJson, processToJson, threadToJson } from './json.ts';
import { computeProcessMemories } from './memory-data.ts';
import type { View } from './view.ts';

/** The memory view as a value for `--json`. */
export function describeMemory(view: View, notes: readonly string[]) {
  const { recording } = view;
  const { timeUnit, samples } = recording;
  const describeSample = (sample: SampleIndex) => ({
    ...threadToJson(recording, samples.thread[sample] as ThreadIndex),
    time: samples.time[sample] * timeUnit,
    stack: getStackFrames(recording, samples.stack[sample] as StackIndex).map((frame) =>
      frameToJson(recording, frame),
    ),
  });
  return {
    ...describeHead(view, 'memory', notes),
    processes: computeProcessMemories(view).map(({ process, time, value, peak }) => ({
      ...processToJson(recording, process),
      peak: {
        time: peak.time * timeUnit,
        bytes: peak.value,
        threads: peak.samples.map(describeSample),
      },
      points: Array.from(time, (at, row) => [at * timeUnit, value[row]]),
    })),
  };
}
