// What the page knows of a recording from the moment it is open.

import { chooseMeasure, describeMeasure, listMeasures } from '../../profile/amounts.ts';
import { hasMemoryWeights } from '../../profile/costs/memory-weights.ts';
import { describeCommand, getDuration } from '../../profile/describe-recording.ts';
import type { Measure } from '../../profile/measure.ts';
import { NONE, type Profile, STATE_MASK } from '../../profile/tables.ts';
import type { DecodedProfile } from './decode.ts';
import type { ProcessSummary, RecordingSummary, ThreadSummary } from './messages.ts';

/** The summary of a recording of this file name. */
export function summarize(
  name: string,
  { profile, notes, format }: DecodedProfile,
  { revision, isLive }: { readonly revision: number; readonly isLive: boolean } = {
    revision: 0,
    isLive: false,
  },
): RecordingSummary {
  const { samples, frames } = profile;
  return {
    revision,
    isLive,
    name,
    format,
    command: describeCommand(profile),
    notes,
    duration: measureDuration(profile),
    samples: samples.length,
    measures: [...listMeasures(profile), ...(hasMemoryWeights(profile) ? MEMORY_MEASURES : [])].map(
      (measure) => ({ measure, title: describeMeasure(profile, measure) }),
    ),
    usualMeasure: chooseMeasure(profile),
    threads: listThreads(profile),
    processes: listProcesses(profile),
    hasStates: samples.state.some((state) => (state & STATE_MASK) !== 0),
    hasMemory: hasMemoryWeights(profile),
    hasCpu: samples.weights.some(({ type }) => type === 'cpu'),
    hasLines: frames.line.some((line) => line !== NONE),
  };
}

/** 0 where samples have no times: then the length of the recording has no place for them. */
function measureDuration(profile: Profile): number {
  const { samples, counters, timeUnit } = profile;
  const end = samples.length === 0 ? 0 : samples.time[samples.length - 1] * timeUnit;
  if (samples.length > 0 && end === 0 && counters.length === 0) return 0;
  // While it is made, a recording says its own length only now and then.
  return Math.max(getDuration(profile), end);
}

/** Computed when they are asked for. */
const MEMORY_MEASURES: readonly Measure[] = ['resident', 'growth'];

function listThreads({ threads, samples, strings }: Profile): ThreadSummary[] {
  const counts = new Uint32Array(threads.length);
  for (let row = 0; row < samples.length; row++) counts[samples.thread[row]]++;
  return Array.from(counts, (count, row) => ({
    row,
    process: threads.process[row],
    name: threads.name[row] === NONE ? 'thread' : strings[threads.name[row]],
    tid: threads.tid[row],
    samples: count,
  }));
}

function listProcesses({ processes, strings, timeUnit }: Profile): ProcessSummary[] {
  return Array.from({ length: processes.length }, (_, row) => ({
    row,
    pid: processes.pid[row],
    command: strings[processes.command[row]],
    runtime: processes.runtime[row] === NONE ? '' : strings[processes.runtime[row]],
    start: processes.start[row] * timeUnit,
  }));
}
