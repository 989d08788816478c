// Samples in as little memory as they need, for whoever keeps many of them: columns of whole numbers lose the bytes that are
// zero in all of their rows.

import type { SampleTable, WholeNumbers } from '../tables.ts';

/** The same samples; columns that need all of their bytes are the same, too. */
export function compactSamples(samples: SampleTable): SampleTable {
  return {
    ...samples,
    thread: compact(samples.thread),
    weights: samples.weights.map((column) =>
      column.values instanceof Float64Array ? column : { ...column, values: compact(column.values) },
    ),
  };
}

function compact(column: WholeNumbers): WholeNumbers {
  const needed = bytesFor(largestOf(column));
  if (needed === column.BYTES_PER_ELEMENT) return column;
  return needed === 1 ? new Uint8Array(column) : new Uint16Array(column);
}

function bytesFor(value: number): 1 | 2 | 4 {
  if (value <= 0xff) return 1;
  return value <= 0xffff ? 2 : 4;
}

/** Or at least a number that needs as many bytes. */
function largestOf(column: WholeNumbers): number {
  let bits = 0;
  for (let row = 0; row < column.length; row++) bits |= column[row];
  return bits >>> 0;
}
