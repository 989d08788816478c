import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { Profile } from '../../profile/tables.ts';

/** Samples of one thread in one stack and state, added up. */
export interface SampleSums {
  readonly length: number;
  /** A sample that stands for all of the row: it has the row's thread, stack and state. */
  readonly sample: Int32Array;
  /** Samples in each row. */
  readonly count: Float64Array;
  /** By sample: its row. */
  readonly rowOf: Int32Array;
  /** For each weight column the sum of the stored values. */
  readonly sums: readonly Float64Array[];
}

/** Every sample as a row of its own. */
export function listSingleSamples({ samples }: Profile): SampleSums {
  const rowOf = Int32Array.from({ length: samples.length }, (_, row) => row);
  return {
    length: samples.length,
    sample: rowOf,
    count: new Float64Array(samples.length).fill(1),
    rowOf,
    sums: samples.weights.map(({ values }) => Float64Array.from(values)),
  };
}

/** Rows are in the order of their first samples. */
export function computeSampleSums(profile: Profile): SampleSums {
  const { thread, stack, state, weights, length } = profile.samples;
  const index = new RowIndex();
  const rowOf = new Int32Array(length);
  let rows = 0;
  let sample = new Int32Array(256);
  let count = new Float64Array(256);
  let sums = weights.map(() => new Float64Array(256));
  for (let i = 0; i < length; i++) {
    const hash = hashPair(stack[i], thread[i] * 256 + state[i]);
    let slot = index.firstSlot(hash);
    let row = index.rowAt(slot);
    while (row !== -1) {
      const other = sample[row];
      if (stack[other] === stack[i] && thread[other] === thread[i] && state[other] === state[i]) break;
      slot = index.nextSlot(slot);
      row = index.rowAt(slot);
    }
    if (row === -1) {
      if (rows === sample.length) {
        const capacity = grownCapacity(rows);
        sample = resizeColumn(sample, capacity);
        count = resizeColumn(count, capacity);
        sums = sums.map((column) => resizeColumn(column, capacity));
      }
      row = rows++;
      sample[row] = i;
      index.insert(slot, hash, row);
    }
    rowOf[i] = row;
    count[row]++;
    for (let column = 0; column < weights.length; column++) sums[column][row] += weights[column].values[i];
  }
  return { length: rows, sample, count, rowOf, sums };
}
