import type { Selection } from '../profile/costs/selection.ts';
import type { CounterTable, ProcessIndex, Profile } from '../profile/tables.ts';

/** The profile with the counters of the selected time and processes only; selectSamples does the same for samples. */
export function selectCounters(profile: Profile, { timeRange, processes }: Selection): Profile {
  if (timeRange === undefined && processes === undefined) return profile;
  const { counters } = profile;
  const { start, end } = timeRange ?? { start: 0, end: Number.POSITIVE_INFINITY };
  const rows: number[] = [];
  // The last value before the range holds at its start.
  const carried = new Map<string, number>();
  for (let row = 0; row < counters.length; row++) {
    if (processes?.has(counters.process[row] as ProcessIndex) === false) continue;
    const key = `${counters.process[row]} ${counters.name[row]}`;
    if (counters.time[row] <= start) carried.set(key, row);
    else if (counters.time[row] < end) rows.push(row);
  }
  const all = [...carried.values(), ...rows];
  const selected: CounterTable = {
    length: all.length,
    process: Int32Array.from(all, (row) => counters.process[row]),
    name: Int32Array.from(all, (row) => counters.name[row]),
    time: Float64Array.from(all, (row) => Math.max(start, counters.time[row])),
    value: Float64Array.from(all, (row) => counters.value[row]),
  };
  return { ...profile, counters: selected };
}
