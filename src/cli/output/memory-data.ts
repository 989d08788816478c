// Resident memory of the processes within the selection, and what ran when it was highest.

import { computeMemoryCurve, type MemoryCurve, type MemoryPeak } from '../../profile/costs/memory-curve.ts';
import type { ProcessIndex, ThreadIndex } from '../../profile/tables.ts';
import { selectCounters } from '../select-counters.ts';
import type { View } from './view.ts';

export interface ProcessMemory extends MemoryCurve {
  readonly process: ProcessIndex;
  readonly peak: MemoryPeak;
}

/** The curves of all selected processes that were measured, the one with the highest peak first. */
export function computeProcessMemories({ recording, selection }: View): ProcessMemory[] {
  const { processes, threads } = selection;
  const profile = selectCounters(recording, selection);
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
