import { computeStackWeights } from '../../profile/costs/stack-weights.ts';
import { countLost, getDuration } from '../../profile/describe-recording.ts';
import type { ProcessIndex, ThreadIndex } from '../../profile/tables.ts';
import { describeHead, lifeToJson, processToJson, threadToJson } from './json.ts';
import { listMeasures, type View } from './view.ts';

/** The info view as a value for `--json`. Not limited: it has every process and thread. */
export function describeInfo(view: View, notes: readonly string[]) {
  const profile = view.recording;
  const { facts, processes, threads, samples } = profile;
  const counts = new Uint32Array(threads.length);
  for (const thread of samples.thread) counts[thread]++;
  return {
    ...describeHead(view, 'info', notes),
    facts: { ...facts, duration: getDuration(profile) },
    lost: countLost(profile),
    sums: Object.fromEntries(
      listMeasures(profile).map((measure) => {
        const { sum, unit } = computeStackWeights(profile, measure);
        return [measure, { amount: sum, unit }];
      }),
    ),
    processes: Array.from({ length: processes.length }, (_, row) => ({
      ...processToJson(profile, row as ProcessIndex),
      ...lifeToJson(profile, processes, row),
    })),
    threads: Array.from({ length: threads.length }, (_, row) => ({
      ...threadToJson(profile, row as ThreadIndex),
      ...lifeToJson(profile, threads, row),
      samples: counts[row],
    })),
  };
}
