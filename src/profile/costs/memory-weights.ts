// Memory as a weight of samples, so that every view that counts time can count memory, too. Two columns are added:
//
//   resident  what the process of the sample held in memory when it was taken; divided by the number of all samples, so that
//             the sum over a recording is the mean resident memory of its samples
//   growth    by how much resident memory grew, given to the sample that was running at that moment; where it shrank, 0
//
// Both come from the counter `resident`, which a recorder measures now and then, and not at each sample. So growth is told of
// what ran just before it was seen, which may be a little late.

import { NONE, type Profile, SAMPLE_STATES, STATE_MASK, type WeightColumn } from '../tables.ts';

/** Resident memory is kept in KiB: 32 bits then reach up to 4 TiB. */
const UNIT = 1024;
const RUNNING = SAMPLE_STATES.indexOf('running');

/** Whether there is memory to weigh by. */
export function hasMemoryWeights({ counters, strings, samples }: Profile): boolean {
  return samples.length > 0 && counters.name.some((name) => strings[name] === 'resident');
}

/** The profile with both columns behind those it has; samples are the same. */
export function addMemoryWeights(profile: Profile): Profile {
  const { samples, counters, strings, threads, processes } = profile;
  const resident = new Uint32Array(samples.length);
  const growth = new Uint32Array(samples.length);
  const order = Array.from(counters.time.keys())
    .filter((row) => strings[counters.name[row]] === 'resident')
    .sort((a, b) => counters.time[a] - counters.time[b] || a - b);
  // Of each process: what it holds now, and its last sample, a running one if there was any since memory was measured.
  const held = new Float64Array(processes.length).fill(NONE);
  const last = new Int32Array(processes.length).fill(NONE);
  const isRunning = new Uint8Array(processes.length);
  let next = 0;
  const measure = (row: number) => {
    const process = counters.process[row];
    const grown = held[process] === NONE ? 0 : counters.value[row] - held[process];
    if (grown > 0 && last[process] !== NONE) growth[last[process]] += Math.round(grown / UNIT);
    held[process] = counters.value[row];
    isRunning[process] = 0;
  };
  for (let sample = 0; sample < samples.length; sample++) {
    for (; next < order.length && counters.time[order[next]] < samples.time[sample]; next++)
      measure(order[next]);
    const process = threads.process[samples.thread[sample]];
    resident[sample] = Math.max(0, Math.round(held[process] / UNIT));
    const runs = (samples.state[sample] & STATE_MASK) === RUNNING;
    if (!runs && isRunning[process] === 1) continue;
    last[process] = sample;
    if (runs) isRunning[process] = 1;
  }
  for (; next < order.length; next++) measure(order[next]);
  const columns: WeightColumn[] = [
    { type: 'resident', unit: 'bytes', scale: UNIT / Math.max(1, samples.length), values: resident },
    { type: 'growth', unit: 'bytes', scale: UNIT, values: growth },
  ];
  return { ...profile, samples: { ...samples, weights: [...samples.weights, ...columns] } };
}
