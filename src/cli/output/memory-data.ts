// Resident memory of the processes within the selection, and what ran when it was highest.

import { computeMemoryCurve, type MemoryCurve, type MemoryPeak } from '../../profile/memory-curve.ts';
import type { CounterTable, ProcessIndex, Profile, ThreadIndex } from '../../profile/tables.ts';
import type { View } from './view.ts';

export interface ProcessMemory extends MemoryCurve {
  readonly process: ProcessIndex;
  readonly peak: MemoryPeak;
}

/** The curves of all selected processes that were measured, the one with the highest peak first. */
export function computeProcessMemories({ recording, selection }: View): ProcessMemory[] {
  const { processes, timeRange, threads } = selection;
  const profile =
    timeRange === undefined ? recording : sliceCounters(recording, timeRange.start, timeRange.end);
  const found: ProcessMemory[] = [];
  for (let row = 0; row < profile.processes.length; row++) {
    const process = row as ProcessIndex;
    if (processes?.has(process) === false) continue;
    const curve = computeMemoryCurve(profile, process);
    if (curve.peak === undefined) continue;
    const samples = curve.peak.samples.filter(
      (sample) => threads === undefined || threads.has(recording.samples.thread[sample] as ThreadIndex),
    );
    found.push({ process, ...curve, peak: { ...curve.peak, samples } });
  }
  return found.sort((a, b) => b.peak.value - a.peak.value);
}

/** The counters of a time range; the last value before it holds at its start. */
function sliceCounters(profile: Profile, start: number, end: number): Profile {
  const { counters } = profile;
  const rows: number[] = [];
  const carried = new Map<string, number>();
  for (let row = 0; row < counters.length; row++) {
    if (counters.time[row] < start) carried.set(`${counters.process[row]} ${counters.name[row]}`, row);
    else if (counters.time[row] < end) rows.push(row);
  }
  const all = [...carried.values(), ...rows];
  const sliced: CounterTable = {
    length: all.length,
    process: Int32Array.from(all, (row) => counters.process[row]),
    name: Int32Array.from(all, (row) => counters.name[row]),
    time: Float64Array.from(all, (row) => Math.max(start, counters.time[row])),
    value: Float64Array.from(all, (row) => counters.value[row]),
  };
  return { ...profile, counters: sliced };
}
