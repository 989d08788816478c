import { CompactNumbers, integers } from '../number-list.ts';

/** The samples of one CPU profile, as files hold them. */
export class V8Samples {
  /** Ids of nodes. */
  readonly node = new CompactNumbers();
  /** Microseconds since the sample before, or since `startTime` for the first; may be negative, or fewer than samples. */
  readonly delta = new CompactNumbers();
  /** Lines from 1, 0 where unknown; mostly none at all. */
  readonly line = integers();
  /** Microseconds. */
  startTime = 0;
  /** Microseconds; 0 where the file does not tell. */
  endTime = 0;

  append(other: V8Samples): void {
    // Lists that are shorter than that of the nodes must not shift.
    while (this.delta.length < this.node.length) this.delta.push(0);
    if (other.line.length > 0) while (this.line.length < this.node.length) this.line.push(0);
    this.node.append(other.node);
    this.delta.append(other.delta);
    this.line.append(other.line);
  }
}

/** How far samples are mostly apart, in microseconds. */
export function medianDelta(samples: V8Samples): number {
  const deltas = samples.delta
    .view()
    .slice(1, 10_000)
    .filter((delta) => delta > 0)
    .sort();
  return deltas.length === 0 ? 0 : deltas[deltas.length >> 1];
}
